package upkeep

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// repackOptions make several chunks and packs of a small tensor.
var repackOptions = tensorstore.Options{PackBytes: 256 << 10, Chunking: smallChunks, Workers: 1}

func family256(blobs ...[]byte) [][]Tensor {
	var f []Tensor
	for _, b := range blobs {
		f = append(f, Tensor{digest.Sum(b), matrix(256, 128)})
	}
	return [][]Tensor{f}
}

func repack(t *testing.T, s *tensorstore.Store, o Options, families [][]Tensor) Repacked {
	t.Helper()
	res, err := Repack(context.Background(), s, families, o)
	require.NoError(t, err)
	require.Equal(t, packBytes(t, s), res.After)
	return res
}

// packBytes is what all packs take.
func packBytes(t *testing.T, s *tensorstore.Store) (sum int64) {
	t.Helper()
	for _, name := range namesIn(t, packDir(s)) {
		if filepath.Ext(name) == pack.Ext { // not what a writer that died has left
			info, err := os.Stat(filepath.Join(packDir(s), name))
			require.NoError(t, err)
			sum += info.Size()
		}
	}
	return sum
}

// requireTidy says that each content has one record, its depth is right, and all reads back.
func requireTidy(t *testing.T, s *tensorstore.Store, depth int, blobs ...[]byte) {
	t.Helper()
	r, err := newRepacking(s, Options{})
	require.NoError(t, err)
	require.Empty(t, r.several)
	for k, loc := range r.best {
		right, stale := r.rightDepth(loc.Entry)
		require.False(t, stale, "%v %s: depth %d, want %d", k.kind, k.id, loc.Depth, right)
		require.LessOrEqual(t, int(loc.Depth), depth, "%v %s", k.kind, k.id)
	}
	fresh := openAt(t, s.Dir(), newMemIndex(), s.Options())
	for _, b := range blobs {
		requireBlob(t, s, b)
		requireBlob(t, fresh, b)
	}
	requireClean(t, fresh)
}

// A base that arrives after its fine-tunes becomes what they are stored against, and the
// same repacking again finds nothing to do.
func TestRepackFindsABaseThatCameLater(t *testing.T) {
	base := weights(1, 256*128)
	a, b, c := tuned(1, base), tuned(2, base), tuned(3, base)
	s, _ := open(t, repackOptions)
	for _, blob := range [][]byte{a, b, base, c} {
		putAll(t, s, matrix(256, 128), blob)
	}
	before := packBytes(t, s)
	would, err := Repack(context.Background(), s, family256(a, b, base, c), Options{DryRun: true})
	require.NoError(t, err)
	require.Equal(t, before, packBytes(t, s), "a dry run writes nothing")

	res := repack(t, s, Options{}, family256(a, b, base, c))
	require.Equal(t, before, res.Before)
	require.Equal(t, 4, res.Tensors)
	require.Equal(t, 3, res.Recoded)
	require.Less(t, res.After, before*6/10)
	require.InEpsilon(t, res.After, would.After, 0.02)
	require.Equal(t, res.Recoded, would.Recoded)
	for _, blob := range [][]byte{a, b, c} {
		_, source, err := s.Source(digest.Sum(blob))
		require.NoError(t, err)
		require.Equal(t, digest.Sum(base), source)
	}
	requireTidy(t, s, 1, a, b, base, c)

	names := namesIn(t, packDir(s))
	again := repack(t, s, Options{}, family256(a, b, base, c))
	require.Zero(t, again.Recoded)
	require.Equal(t, names, namesIn(t, packDir(s)))
}

// The root of a family moves: what was coded against one tensor is coded against
// another, and that one, which was a delta, stands alone.
func TestRepackTurnsDeltasAround(t *testing.T) {
	base := weights(1, 256*128)
	a, b, c := tuned(1, base), tuned(2, base), tuned(3, base)
	h := matrix(256, 128)
	s, _ := open(t, repackOptions)
	putAll(t, s, h, a)
	for _, blob := range [][]byte{b, c, base} {
		putAll(t, s, against(h, a), blob)
	}
	res := repack(t, s, Options{}, family256(a, b, base, c))
	require.Less(t, res.After, res.Before)
	_, source, err := s.Source(digest.Sum(a))
	require.NoError(t, err)
	require.Equal(t, digest.Sum(base), source)
	requireTidy(t, s, 1, a, b, base, c)
}

// Two stores have coded opposite deltas, and their packs meet.
func TestRepackOfOppositeDeltas(t *testing.T) {
	a := weights(1, 256*128)
	b := tuned(1, a)
	h := matrix(256, 128)
	one, _ := open(t, repackOptions)
	putAll(t, one, h, a)
	putAll(t, one, against(h, a), b)
	two, _ := open(t, repackOptions)
	putAll(t, two, h, b)
	putAll(t, two, against(h, b), a)
	for _, name := range namesIn(t, packDir(two)) {
		content, err := os.ReadFile(packDir(two) + "/" + name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(packDir(one)+"/"+name, content, 0o444))
	}
	require.NoError(t, one.Refresh())
	res := repack(t, one, Options{}, family256(a, b))
	require.Less(t, res.After, res.Before*7/10)
	requireTidy(t, one, 1, a, b)
}

// A chain that is longer than asked for is made shorter, though that takes more bytes.
func TestRepackShortensChains(t *testing.T) {
	base := weights(1, 256*128)
	a := tuned(1, base)
	b := tuned(2, a)
	h := matrix(256, 128)
	s, _ := open(t, repackOptions)
	putAll(t, s, h, base)
	putAll(t, s, against(h, base), a)
	putAll(t, s, against(h, a), b)
	require.EqualValues(t, 2, recordOf(t, s.Index(), b).Depth)
	require.Zero(t, repack(t, s, Options{Depth: 2}, family256(base, a, b)).Recoded)
	require.NotZero(t, repack(t, s, Options{Depth: 1}, family256(base, a, b)).Recoded)
	requireTidy(t, s, 1, base, a, b)
	_, err := Repack(context.Background(), s, nil, Options{Depth: 17})
	require.ErrorContains(t, err, "depth 17, want 1 to 16")
}

// What is coded against a tensor that moves is one deeper after that, and its record says
// so, though it is in a pack that nothing else is wrong with.
func TestRepackPutsDepthsRight(t *testing.T) {
	base := weights(1, 64*64)
	h := matrix(64, 64)
	mid := tuned(2, base)
	top := tuned(3, mid)
	blobs := [][]byte{tuned(4, base), tuned(5, base), mid, base}
	s, _ := open(t, tensorstore.Options{PackBytes: 64, Workers: 1})
	putAll(t, s, h, blobs...)
	putAll(t, s, against(h, mid), top)
	var f []Tensor
	for _, b := range append(blobs, top) {
		f = append(f, Tensor{digest.Sum(b), h})
	}
	repack(t, s, Options{}, [][]Tensor{f})
	require.EqualValues(t, 2, recordOf(t, s.Index(), top).Depth)
	requireTidy(t, s, 2, append(blobs, top)...)
}

// Content in no family, and objects of all kinds, survive as they are.
func TestRepackMergesSmallPacks(t *testing.T) {
	s, x := open(t, tensorstore.Options{})
	var blobs [][]byte
	objects := map[pack.Kind][]byte{}
	for i := range 9 {
		blobs = append(blobs, weights(uint64(i), 3000))
		putAll(t, s, choose.Known{}, blobs[i])
	}
	for k := pack.Manifest; k <= pack.Tag; k++ {
		if k == pack.Prediction {
			continue
		}
		objects[k] = []byte("object of kind " + k.String())
		w := s.Begin(tensorstore.WriterOptions{})
		require.NoError(t, w.PutObject(k, digest.Sum(objects[k]), objects[k]))
		require.NoError(t, w.Flush())
	}
	res := repack(t, s, Options{}, nil)
	require.Equal(t, 13, res.PacksBefore)
	require.Equal(t, 1, res.PacksAfter)
	require.Len(t, x.packs, 1)
	requireTidy(t, s, 0, blobs...)
	for k, want := range objects {
		got, err := s.Object(k, digest.Sum(want))
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	require.Equal(t, 1, repack(t, s, Options{}, nil).PacksAfter)
}

// A chunk that two tensors share stays as it is: were it coded against one of them, that
// one would need itself.
func TestRepackOfTensorsThatShareChunks(t *testing.T) {
	base := weights(1, 256*128)
	half := append(bytes.Clone(base[:len(base)/2]), tuned(1, base)[len(base)/2:]...)
	more := append(bytes.Clone(half[:len(base)*3/4]), tuned(2, half)[len(base)*3/4:]...)
	s, _ := open(t, repackOptions)
	for _, blob := range [][]byte{more, half, base} {
		putAll(t, s, matrix(256, 128), blob)
	}
	res := repack(t, s, Options{}, family256(more, half, base))
	require.Less(t, res.After, res.Before)
	requireTidy(t, s, 2, more, half, base)
	require.Zero(t, repack(t, s, Options{}, family256(more, half, base)).Recoded)
}

// Two families whose tensors need each other: a root of one is not coded against what
// needs it by way of the other.
func TestRepackOfFamiliesThatNeedEachOther(t *testing.T) {
	x := weights(1, 256*128)
	a := tuned(1, x)
	b := tuned(2, a)
	y := tuned(3, b)
	h := matrix(256, 128)
	s, _ := open(t, repackOptions)
	putAll(t, s, h, x, b)
	putAll(t, s, against(h, x), a)
	putAll(t, s, against(h, b), y)
	res := repack(t, s, Options{Depth: 8}, append(family256(a, b), family256(x, y)...))
	require.Equal(t, 1, res.Recoded, "one of two roots")
	requireTidy(t, s, 8, a, b, x, y)
}

// In a family too large to try all pairs the nearest are found.
func TestRepackOfALargeFamily(t *testing.T) {
	var blobs [][]byte
	for root := range 2 {
		base := weights(uint64(root+50), 64*64)
		blobs = append(blobs, base)
		for i := range 11 {
			blobs = append(blobs, tuned(uint64(100*root+i), base))
		}
	}
	s, _ := open(t, tensorstore.Options{Workers: 1})
	var tensors []Tensor
	for i := range blobs {
		b := blobs[(i*7)%len(blobs)]
		putAll(t, s, matrix(64, 64), b)
		tensors = append(tensors, Tensor{digest.Sum(b), matrix(64, 64)})
	}
	res := repack(t, s, Options{}, [][]Tensor{tensors})
	require.GreaterOrEqual(t, res.Recoded, 20)
	requireTidy(t, s, 6, blobs...)
	alone := 0
	for _, b := range blobs {
		if _, source, err := s.Source(digest.Sum(b)); err == nil && source.IsZero() {
			alone++
		}
	}
	require.Equal(t, 2, alone, "one root for each of the two bases")
}
