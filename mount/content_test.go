package mount

import (
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// Any range of a file is that of what was added, whoever decodes beside.
func TestRanges(t *testing.T) {
	f := newFixture(t)
	for name, want := range f.files {
		c := f.content(name)
		require.Equal(t, int64(len(want)), c.size(), name)
		var g errgroup.Group
		for seed := range uint64(4) {
			g.Go(func() error {
				r := rand.New(rand.NewPCG(seed, 1))
				for range 50 {
					from := r.Int64N(c.size() + 1)
					got := make([]byte, r.Int64N(min(c.size()-from, 1<<20)+1))
					c.decodeAhead(context.Background(), from, min(c.size(), from+r.Int64N(4<<20)))
					if _, err := c.ReadAt(got, from); err != nil {
						return err
					}
					sameBytes(t, want[from:from+int64(len(got))], got, name)
				}
				return nil
			})
		}
		require.NoError(t, g.Wait(), name)
		n, err := c.ReadAt(make([]byte, 10), c.size())
		require.Equal(t, 0, n)
		require.Equal(t, io.EOF, err)
		c.decoder.work.Wait()
	}
}

// What is decoded ahead is all of the range: it is read when the packs are gone.
func TestDecodeAhead(t *testing.T) {
	f := newFixture(t)
	c := f.content("large.bin")
	c.decodeAhead(context.Background(), 0, c.size())
	c.decoder.work.Wait()
	packs, err := filepath.Glob(filepath.Join(f.StoreDir, "packs", "*.pack"))
	require.NoError(t, err)
	for _, path := range packs {
		require.NoError(t, os.Chmod(path, 0o644))
		require.NoError(t, os.Truncate(path, 0))
	}
	got := make([]byte, c.size())
	_, err = c.ReadAt(got, 0)
	require.NoError(t, err)
	sameBytes(t, f.files["large.bin"], got, "large.bin")
}

// Who reads in order has what comes next decoded, once; who jumps has nothing.
func TestAhead(t *testing.T) {
	const mib, size = 1 << 20, 64 << 20
	for name, c := range map[string]struct {
		reads [][2]int64
		want  int64 // bytes that are decoded ahead
	}{
		"the first":          {[][2]int64{{0, mib / 8}}, 0},
		"in order":           {[][2]int64{{0, mib / 8}, {mib / 8, mib / 4}}, aheadBytes()},
		"in any order":       {[][2]int64{{mib / 8, mib / 4}, {0, mib / 8}, {mib / 4, mib / 2}}, aheadBytes()},
		"further":            {[][2]int64{{0, mib / 4}, {mib / 4, aheadPiece + mib/4}}, aheadBytes() + aheadPiece},
		"near the end":       {[][2]int64{{size - 3*mib, size - 2*mib}, {size - 2*mib, size - mib}}, mib},
		"jumps":              {[][2]int64{{0, mib / 8}, {32 * mib, 32*mib + 4096}, {5 * mib, 5*mib + 4096}}, 0},
		"after a jump":       {[][2]int64{{0, mib / 8}, {32 * mib, 32*mib + 4096}, {32*mib + 4096, 33 * mib}}, aheadBytes()},
		"the same again":     {[][2]int64{{0, mib / 8}, {0, mib / 8}, {0, mib / 8}, {0, mib / 8}}, 0},
		"small, in 1 MiB":    {[][2]int64{{mib / 2, mib/2 + 4096}, {4096, 8192}, {mib / 4, mib/4 + 4096}}, 0},
		"all of a small one": {[][2]int64{{0, size}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			h, told := ahead{}, map[int64]bool{}
			for _, r := range c.reads {
				a, b := h.next(r[0], r[1], size)
				for at := a; at < b; at += 4096 {
					require.False(t, told[at], "%d is decoded ahead twice", at)
					told[at] = true
				}
				require.LessOrEqual(t, b, int64(size))
			}
			require.Equal(t, c.want, int64(len(told))*4096)
		})
	}
}

// A whole file that is read in order is told of once, without a gap.
func TestAheadTellsAll(t *testing.T) {
	const size, step = 100<<20 + 777, 128 << 10
	var h ahead
	next := int64(0)
	for off := int64(0); off < size; off += step {
		a, b := h.next(off, min(off+step, size), size)
		if a >= b {
			continue
		}
		if next > 0 {
			require.Equal(t, next, a)
		}
		require.LessOrEqual(t, b, off+step+aheadBytes())
		next = b
	}
	require.Equal(t, int64(size), next)
}
