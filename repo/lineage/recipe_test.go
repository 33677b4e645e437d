package lineage

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What is only like a merge or a cast is not told as one; a quant is one of its source, whatever is left.
func TestTells(t *testing.T) {
	for _, c := range []struct {
		how         string
		left, whole int64
		want        bool
	}{
		{"merged", 0, 1000, true},
		{"merged", 100, 1000, true},
		{"merged", 424, 1000, false},
		{"adapter r16", 424, 1000, false},
		{"cast", 4, 100, true},
		{"cast", 430, 1000, false},
		{"cast", 42, 128, true},
		{"arranged", 430, 1000, false},
		{"replayed", 43, 100, true},
		{"rounded", 43, 100, true},
		{"quantised hinted imatrix", 43, 100, true},
	} {
		require.Equal(t, c.want, Tells(c.how, c.left, c.whole), c.how)
		require.Equal(t, c.want, Recipe{Way: c.how}.Tells(c.left, c.whole), c.how)
	}
}
