package tensorstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/choose"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// A forgery is a record that no writer of ours would make.
type forgery struct {
	pack.Entry
	payload []byte
}

// forge opens a store with a pack of forgeries.
func forge(t *testing.T, records ...forgery) (*Store, *memIndex) {
	t.Helper()
	s, x := open(t, Options{})
	w, err := pack.Create(disk.OS, s.packDir())
	require.NoError(t, err)
	for _, r := range records {
		_, err := w.Append(r.Entry, r.payload)
		require.NoError(t, err)
	}
	_, err = w.Seal()
	require.NoError(t, err)
	require.NoError(t, s.Refresh())
	return s, x
}

// raw is a chunk stored as it is.
func raw(b []byte) forgery {
	return forgery{pack.Entry{Kind: pack.Chunk, ID: digest.Sum(b), Encoding: uint8(codec.Raw), RawLen: int64(len(b))}, b}
}

func prediction(p *predict.Prediction) forgery {
	b := p.Marshal()
	return forgery{pack.Entry{Kind: pack.Prediction, ID: digest.Sum(b), Encoding: uint8(codec.Raw), RawLen: int64(len(b))}, b}
}

// delta is a chunk of n bytes that is the same as its prediction, if one believes it.
func delta(id digest.ID, n int64, p forgery, first int64) forgery {
	same := []byte{1}
	return forgery{pack.Entry{Kind: pack.Chunk, ID: id, Encoding: uint8(codec.Delta), RawLen: n, Prediction: p.ID, First: first, Depth: 1}, same}
}

func relative(source digest.ID, elements int64) forgery {
	return prediction(&predict.Prediction{Kind: predict.Relative, Elem: codec.BF16, From: codec.BF16, Elements: elements, Sources: []digest.ID{source}})
}

// A record that claims a depth and has no source is no reason to panic.
func TestADepthThatIsALie(t *testing.T) {
	b := weights(1, 2000)
	alone := prediction(&predict.Prediction{Kind: predict.Alone, Elem: codec.BF16, From: codec.BF16})
	liar := raw(b)
	liar.Prediction, liar.Depth = alone.ID, 200
	s, _ := forge(t, alone, liar)
	requireBlob(t, s, b)
	h := matrix(40, 50)
	ft := tuned(1, b)
	putAll(t, s, against(h, b), ft)
	requireBlob(t, s, ft)
}

// What a chunk says of its place is held to its prediction.
func TestAPlaceOutsideOfTheTensor(t *testing.T) {
	b := weights(1, 2000)
	for _, first := range []int64{1500, 2000, 1 << 40, 1<<62 + 5, 1<<63 - 1} {
		p := relative(digest.Sum(b), 2000)
		id := digest.Sum([]byte("wanted"))
		s, _ := forge(t, raw(b), p, delta(id, 2000, p, first))
		_, err := read(s, id)
		require.ErrorIs(t, err, ErrCorrupt, "first %d", first)
	}
}

// Two contents that are each the difference to the other, with nothing else.
func TestACycleEnds(t *testing.T) {
	a, b := digest.Sum([]byte("a")), digest.Sum([]byte("b"))
	pa, pb := relative(b, 100), relative(a, 100)
	s, _ := forge(t, pa, pb, delta(a, 200, pa, 0), delta(b, 200, pb, 0))
	_, err := read(s, a)
	require.ErrorIs(t, err, ErrCorrupt)
	require.ErrorIs(t, err, errTooDeep)
}

// Two contents that are each the difference to the other, in sixteen records each: they are not tried in every order.
func TestACycleOfManyRecordsEndsSoon(t *testing.T) {
	a, b := digest.Sum([]byte("a")), digest.Sum([]byte("b"))
	var records []forgery
	for i := range int64(16) {
		pa, pb := relative(b, 100+i), relative(a, 100+i)
		records = append(records, pa, pb, delta(a, 200, pa, 0), delta(b, 200, pb, 0))
	}
	s, x := forge(t, records...)
	x.located.Store(0)
	var told int
	for _, err := range verify(t, s) {
		require.ErrorIs(t, err, errTooDeep)
		told += len(err.Error())
	}
	require.Less(t, told, 1<<20)
	require.Less(t, x.located.Load(), int64(100_000), "questions to the index")
	_, err := read(s, a)
	require.ErrorIs(t, err, ErrCorrupt)
}

// Each content has eight records that need the next content: 8^16 ways, all in vain.
func TestTheWorkOfPredictionsIsBounded(t *testing.T) {
	const ways = 8
	var records []forgery
	name := func(level int) digest.ID { return digest.Sum(fmt.Append(nil, level)) }
	for level := range choose.MaxDepth + 1 {
		for way := range int64(ways) {
			p := relative(name(level+1), 1000+way)
			records = append(records, p, delta(name(level), 2000, p, 0))
		}
	}
	s, _ := forge(t, records...)
	_, err := read(s, name(0))
	require.ErrorIs(t, err, ErrCorrupt)
	require.ErrorIs(t, err, errTooDeep, "each is tried once for each depth")
	r := newReach()
	r.work.Store(64 << 10)
	_, err = s.chunk(name(0), r)
	require.ErrorIs(t, err, ErrCorrupt)
	require.ErrorIs(t, err, errTooMuch)
}

// A payload longer than any chunk is refused before it is read.
func TestAPayloadTooLong(t *testing.T) {
	b := []byte("short")
	long := raw(b)
	long.payload = make([]byte, maxChunk+1)
	s, _ := forge(t, long)
	_, err := read(s, digest.Sum(b))
	require.ErrorContains(t, err, "payload of")
	require.ErrorIs(t, err, ErrCorrupt)
}

// Objects of a few bytes each that decode to more than memory holds.
func TestObjectsTooLargeTogether(t *testing.T) {
	zeros := make([]byte, 110<<20)
	encoding, enc := choose.Compress(nil, zeros)
	require.Equal(t, codec.Zstd, encoding)
	var records []forgery
	for i := range 3 {
		e := pack.Entry{Kind: pack.Manifest, ID: digest.Sum([]byte{byte(i)}), Encoding: uint8(codec.Zstd), RawLen: int64(len(zeros))}
		records = append(records, forgery{e, enc})
	}
	s, x := forge(t, records...)
	require.Len(t, s.Damaged(), 1)
	require.ErrorContains(t, s.Damaged()[0], "objects of")
	require.Empty(t, x.packs)
}

// The work and the memory of a prediction's scales are bounded, whatever few bytes claim.
func TestScalesTooMany(t *testing.T) {
	act := []byte{byte(codec.RowScales)}
	p := &predict.Prediction{Kind: predict.Alone, Elem: codec.BF16, From: codec.BF16, Elements: 1 << 40, Width: 16}
	b := p.Marshal()
	b = binary.AppendUvarint(b[:len(b)-1], uint64(len(act)+1<<20))
	b = append(append(b, act...), make([]byte, 1<<20)...)
	_, err := predict.Unmarshal(b)
	require.ErrorContains(t, err, "rows and columns")
}

// A relative of which a part is damaged is no reason to refuse a tensor.
func TestADamagedBaseDoesNotKeepAFineTuneOut(t *testing.T) {
	s, x := open(t, Options{})
	base := weights(1, 4<<20)
	ft := tuned(2, base)
	h := matrix(4096, 1024)
	putAll(t, s, h, base)
	blob, err := x.Blob(digest.Sum(base))
	require.NoError(t, err)
	locs, err := x.Locate(pack.Chunk, blob.Chunks[0].ID) // no part of the sample
	require.NoError(t, err)
	flip(t, s.packs.path(locs[0].Pack), locs[0].Off+locs[0].Len/2)
	s.chunks.Purge()
	put := putAll(t, s, against(h, base), ft)[0]
	require.Equal(t, blob.ID, put.Source, "the rest of the base is of use")
	requireBlob(t, s, ft)
}

// An object that is damaged is stored anew when it is put again, and takes nothing else
// along when the index is made anew.
func TestADamagedObjectIsReplaced(t *testing.T) {
	s, x := open(t, Options{PackBytes: 1 << 30})
	b := weights(1, 2<<20)
	h := matrix(2048, 1024)
	putAll(t, s, h, b)
	other := weights(2, 1000)
	w := s.Begin(WriterOptions{})
	put(t, w, other, choose.Known{})
	tree := bytes.Repeat([]byte("tree"), 100)
	require.NoError(t, w.PutObject(pack.Tree, digest.Sum(tree), tree))
	require.NoError(t, w.Flush())
	list, err := x.Locate(pack.Blob, digest.Sum(b))
	require.NoError(t, err)
	trees, err := x.Locate(pack.Tree, digest.Sum(tree))
	require.NoError(t, err)
	for _, loc := range append(list, trees...) {
		flip(t, s.packs.path(loc.Pack), loc.Off)
	}

	s = openAt(t, s.dir, newMemIndex(), Options{})
	require.Len(t, s.Damaged(), 2)
	requireBlob(t, s, other)
	require.False(t, putAll(t, s, h, b)[0].Known)
	requireBlob(t, s, b)
	w = s.Begin(WriterOptions{})
	defer w.Close()
	require.NoError(t, w.PutObject(pack.Tree, digest.Sum(tree), tree))
	require.NoError(t, w.Flush())
	got, err := s.Object(pack.Tree, digest.Sum(tree))
	require.NoError(t, err)
	require.Equal(t, tree, got)
}

// A chain that is written can be read, whatever length was asked for.
func TestAChainCannotBeWrittenThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	x := newMemIndex()
	s := openAt(t, dir, x, Options{Depth: 100})
	h := matrix(100, 100)
	versions := [][]byte{weights(1, 100*100)}
	putAll(t, s, h, versions[0])
	for i := range choose.MaxDepth + 4 {
		versions = append(versions, tuned(uint64(i), versions[i]))
		putAll(t, s, against(h, versions[i]), versions[i+1])
	}
	deepest := uint8(0)
	for _, locs := range x.records {
		deepest = max(deepest, locs[0].Depth)
	}
	require.EqualValues(t, choose.MaxDepth-choose.DerivedDepth, deepest)
	for _, v := range versions {
		s.chunks.Purge()
		requireBlob(t, s, v)
	}
}

// Objects are sealed before they take too much memory, and one that no reader would
// accept is refused.
func TestObjectsAreBounded(t *testing.T) {
	s, x := open(t, Options{})
	w := s.Begin(WriterOptions{})
	defer w.Close()
	for i := range byte(3) {
		b := append(make([]byte, SealObjects/2), i)
		require.NoError(t, w.PutObject(pack.Tree, digest.Sum(b), b))
	}
	require.Len(t, x.packs, 1)
	err := w.PutObject(pack.Tree, digest.Sum([]byte("large")), make([]byte, maxObject+1))
	require.ErrorContains(t, err, "want at most")
}

// A chunk of few bytes may ask for all of a large tile: that is work too.
func TestTilesAreWork(t *testing.T) {
	const side = 1 << 10
	s := &predict.Scaling{Rows: side, Columns: side, TileRows: side, TileCols: side, Largest: 127, Scale: codec.BF16}
	p := &predict.Prediction{Kind: predict.Scales, Elem: codec.BF16, From: codec.BF16, Elements: s.Count(), By: s}
	r, few := newReach(), Location{Entry: pack.Entry{RawLen: 2}}
	r.work.Store(5 << 20)
	require.NoError(t, r.replay(p, few))
	require.ErrorIs(t, r.replay(p, few), errTooMuch)
}
