package repo

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/tensorstore/digest"
)

// turns is a Progress that runs a function when a file has its turn.
type turns struct {
	object.Quiet
	turn func(file string)
	seen atomic.Int64 // bytes
}

func (p *turns) Turn(_, file string) { p.turn(file) }
func (p *turns) Add(n int64)         { p.seen.Add(n) }

// Small files are filled side by side: here the first ones wait for each other.
func TestCheckoutFillsFilesSideBySide(t *testing.T) {
	f := newFixture(t)
	const n = 40
	for i := range n {
		f.put(fmt.Sprint("d/", i), fmt.Sprint("file ", i))
	}
	f.save("many")
	f.remove("d")
	var met atomic.Int64
	together := make(chan struct{})
	p := &turns{turn: func(string) {
		if met.Add(1) == 8 {
			close(together)
		}
		select {
		case <-together:
		case <-time.After(time.Minute):
			t.Error("files are filled one after another")
		}
	}}
	_, err := f.checkout("", CheckoutOptions{Paths: []string{"d"}, Progress: p})
	require.NoError(t, err)
	for i := range n {
		require.Equal(t, fmt.Sprint("file ", i), f.read(fmt.Sprint("d/", i)))
	}
	require.True(t, f.status().Clean())
}

// A large file takes all the memory that there is for copying, so it is filled alone.
func TestCheckoutFillsALargeFileAlone(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	f := newFixture(t)
	large := strings.Repeat("large ", int(object.CopyMemory())/6+1)
	f.put("a", large)
	f.put("b", large+"too")
	f.save("large")
	f.remove("a")
	f.remove("b")
	var begun []int64 // bytes that were there when a file had its turn
	p := &turns{}
	p.turn = func(string) { begun = append(begun, p.seen.Load()) }
	_, err := f.checkout("", CheckoutOptions{Paths: []string{""}, Progress: p})
	require.NoError(t, err)
	require.Equal(t, []int64{0, int64(len(large))}, begun)
}

// Files take their places in order: those before one that cannot be filled are there, those after
// it are not.
func TestCheckoutStopsAtAFileThatIsLost(t *testing.T) {
	f := newFixture(t)
	for _, name := range []string{"a", "b", "c", "d"} {
		f.put(name, name)
	}
	f.save("files")
	for _, name := range []string{"a", "b", "c", "d"} {
		f.remove(name)
	}
	records, err := f.Catalog.Records(1, digest.Sum([]byte("c")))
	require.NoError(t, err)
	require.Len(t, records, 1)
	f.damage(records[0].Pack, records[0].Off)
	_, err = f.checkout("", CheckoutOptions{Paths: []string{""}})
	require.ErrorIs(t, err, object.ErrCorrupt)
	require.ErrorContains(t, err, "c: ")
	require.Equal(t, []bool{true, true, false, false}, []bool{f.exists("a"), f.exists("b"), f.exists("c"), f.exists("d")})
	left, err := os.ReadDir(f.path(object.Dir + "/tmp"))
	require.NoError(t, err)
	require.Empty(t, left, "what was filled and not placed")
}

func TestCheckoutReadsTheManifestOfALinkOnce(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, os.Symlink("elsewhere", f.path("link")))
	f.save("a link")
	f.remove("link")
	reads := f.reads(func() {
		_, err := f.checkout("", CheckoutOptions{Paths: []string{"link"}})
		require.NoError(t, err)
	})
	require.Equal(t, 1, reads["manifest"])
}

// Of a batch with a file that is lost none takes its place, and no temporary file is left.
func TestCheckoutStopsAtABatchWithAFileThatIsLost(t *testing.T) {
	f := newFixture(t)
	names := []string{"a", "b", "c", "d", "e", "f"}
	for _, name := range names {
		f.put(name, name)
	}
	f.save("files")
	for _, name := range names {
		f.remove(name)
	}
	records, err := f.Catalog.Records(1, digest.Sum([]byte("c")))
	require.NoError(t, err)
	require.Len(t, records, 1)
	f.damage(records[0].Pack, records[0].Off)
	_, err = f.checkout("", CheckoutOptions{Paths: []string{""}})
	require.ErrorIs(t, err, object.ErrCorrupt)
	require.ErrorContains(t, err, "c: ")
	for _, name := range names {
		require.False(t, f.exists(name), name)
	}
	left, err := os.ReadDir(f.path(object.Dir + "/tmp"))
	require.NoError(t, err)
	require.Empty(t, left)
}
