package repo

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the catalog is asked does not grow with the number of small files: of many it is asked at once.
func TestManySmallFilesAskTheCatalogFewTimes(t *testing.T) {
	f := newFixture(t)
	f.put("first", "one")
	first := f.save("first")
	const n = 120
	for i := range n {
		f.put(fmt.Sprint("d/", i), fmt.Sprint("file ", i%118)) // some are the same
	}
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"add", func() { f.add("") }},
		{"commit", func() { f.commit("many") }},
		{"checkout of none", func() { f.mustCheckout(first.String()) }},
		{"checkout of all", func() { f.mustCheckout("main") }},
	} {
		asked := 0
		for _, times := range f.reads(step.do) {
			asked += times
		}
		require.Less(t, asked, n/3, step.name)
	}
	for i := range n {
		require.Equal(t, fmt.Sprint("file ", i%118), f.read(fmt.Sprint("d/", i)))
	}
	require.True(t, f.status().Clean())
	require.Empty(t, f.fsck(false))
}
