package upkeep

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/disk"
	"dits/tensorstore/disk/faultfs"
	"dits/tensorstore/pack"
)

func TestCrowd(t *testing.T) {
	sized := func(n int, size int64) map[string]int64 {
		sizes := map[string]int64{}
		for i := range n {
			sizes[fmt.Sprintf("%d-%03d", size, i)] = size
		}
		return sizes
	}
	with := func(sizes ...map[string]int64) map[string]int64 {
		all := map[string]int64{}
		for _, some := range sizes {
			for name, size := range some {
				all[name] = size
			}
		}
		return all
	}
	for _, test := range []struct {
		name  string
		sizes map[string]int64
		want  int
	}{
		{"none", nil, 0},
		{"not many", sized(63, 3000), 0},
		{"many", sized(64, 3000), 64},
		{"many that are not small", sized(500, crowdBytes+1), 0},
		{"larger ones stay", with(sized(64, 3000), sized(20, 900_000)), 64},
		{"smaller ones come along", with(sized(30, 100), sized(64, 900_000)), 94},
		{"each of another size", with(sized(40, 300), sized(40, 30_000), sized(40, 600_000)), 0},
		{"of no size", sized(64, 0), 64},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Crowd(test.sizes)
			require.Len(t, got, test.want)
			require.True(t, slices.IsSorted(got))
		})
	}
}

// However many packs of one size come, few are left, and their content is copied a few times.
func TestCrowdsMakeFewPacks(t *testing.T) {
	sizes := map[string]int64{}
	var copied int64
	most := 0
	for i := range 20_000 {
		sizes[fmt.Sprint(i)] = 1000
		if names := Crowd(sizes); len(names) > 0 {
			var sum int64
			for _, name := range names {
				sum += sizes[name]
				delete(sizes, name)
			}
			copied += sum
			sizes[fmt.Sprint("of ", i)] = sum
		}
		most = max(most, len(sizes))
	}
	require.LessOrEqual(t, most, 3*crowdPacks)
	require.LessOrEqual(t, copied, int64(3*20_000*1000))
}

// crowded is a store with a pack for each of several blobs, which are differences to one another, and the blobs.
func crowded(t *testing.T, o tensorstore.Options) (*tensorstore.Store, [][]byte) {
	t.Helper()
	s, _ := open(t, o)
	base := weights(1, 256*128)
	blobs := [][]byte{base}
	putAll(t, s, matrix(256, 128), base)
	for i := range 4 {
		ft := tuned(uint64(i+1), base)
		blobs = append(blobs, ft)
		putAll(t, s, against(matrix(256, 128), blobs[i]), ft)
	}
	return s, blobs
}

func compact(t *testing.T, s *tensorstore.Store) (packs int) {
	t.Helper()
	names, err := s.Packs()
	require.NoError(t, err)
	require.NoError(t, Compact(context.Background(), s, names))
	names, err = s.Packs()
	require.NoError(t, err)
	return len(names)
}

func TestCompact(t *testing.T) {
	s, blobs := crowded(t, repackOptions)
	reader := openAt(t, s.Dir(), newMemIndex(), repackOptions) // of another process
	requireBlob(t, reader, blobs[0])
	require.Equal(t, 1, compact(t, s))
	for _, again := range []*tensorstore.Store{s, reader, openAt(t, s.Dir(), newMemIndex(), repackOptions)} {
		for _, b := range blobs {
			requireBlob(t, again, b)
		}
		requireClean(t, again)
	}
	require.Equal(t, 1, compact(t, s), "one pack is left as it is")
}

// Two records of a content stay apart: what the one needs may need the other.
func TestCompactKeepsBothRecords(t *testing.T) {
	base := weights(1, 256*128)
	ft := tuned(1, base)
	h := matrix(256, 128)
	s, _ := open(t, repackOptions)
	other := openAt(t, s.Dir(), newMemIndex(), repackOptions) // of another process, that does not see the first
	one, two := s.Begin(tensorstore.WriterOptions{}), other.Begin(tensorstore.WriterOptions{})
	put(t, one, base, h)
	put(t, one, ft, against(h, base))
	put(t, two, ft, h)
	put(t, two, base, against(h, ft))
	require.NoError(t, one.Flush())
	require.NoError(t, two.Flush())
	require.NoError(t, s.Refresh())
	before := recordsOf(t, s, base)
	require.Len(t, before, 2)
	putAll(t, s, choose.Known{}, weights(8, 100))
	putAll(t, s, choose.Known{}, weights(9, 100))
	require.Equal(t, 2, compact(t, s))
	require.Len(t, recordsOf(t, s, base), 2)
	requireBlob(t, s, base)
	requireBlob(t, s, ft)
	requireClean(t, s)
}

// A pack with damage stays, with all that it has; so does one whose records wait for a gc.
func TestCompactPassesOver(t *testing.T) {
	s, blobs := crowded(t, repackOptions)
	damaged, marked := recordsOf(t, s, blobs[3])[0], recordsOf(t, s, blobs[2])[0]
	path := pack.Path(packDir(s), damaged.Pack)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	content[damaged.Off] ^= 1
	require.NoError(t, os.Chmod(path, 0o644))
	require.NoError(t, os.WriteFile(path, content, 0o644))
	require.NoError(t, writeMarks(s, map[string][]mark{marked.Pack: {{1, 0, 0}}}))
	require.Equal(t, 3, compact(t, s))
	names, err := s.Packs()
	require.NoError(t, err)
	require.Subset(t, names, []string{damaged.Pack, marked.Pack})
	requireBlob(t, openAt(t, s.Dir(), newMemIndex(), repackOptions), blobs[2])
}

// Wherever it stops, all is there; and no failure of the disk takes anything.
func TestCompactSweep(t *testing.T) {
	s, blobs := crowded(t, repackOptions)
	from := s.Dir()
	require.NoError(t, s.Close())
	begin := func(t *testing.T, fsys *faultfs.FS) (func() error, func(bool)) {
		o := repackOptions
		o.FS = fsys
		s := openAt(t, fsys.Dir(), newMemIndex(), o)
		do := func() error {
			names, err := s.Packs()
			require.NoError(t, err)
			return Compact(context.Background(), s, names)
		}
		return do, func(bool) {
			o.FS = disk.OS
			again := openAt(t, fsys.Dir(), newMemIndex(), o)
			for _, b := range blobs {
				requireBlob(t, again, b)
			}
			requireClean(t, again)
		}
	}
	faultfs.Sweep(t, from, 8, begin)
	faultfs.SweepFailures(t, from, 8, begin)
}
