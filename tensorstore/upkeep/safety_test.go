package upkeep

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
	"dits/tensorstore/disk/faultfs"
	"dits/tensorstore/pack"
)

// A damaged record stops it before anything is deleted.
func TestRepackStopsAtDamage(t *testing.T) {
	base := weights(1, 256*128)
	s, x := open(t, repackOptions)
	putAll(t, s, matrix(256, 128), base)
	putAll(t, s, matrix(256, 128), tuned(1, base))
	alone := weights(9, 1000)
	putAll(t, s, choose.Known{}, alone)
	locs, err := x.Locate(pack.Chunk, digest.Sum(alone))
	require.NoError(t, err)
	path := pack.Path(packDir(s), locs[0].Pack)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	content[locs[0].Off] ^= 1
	require.NoError(t, os.Chmod(path, 0o644))
	require.NoError(t, os.WriteFile(path, content, 0o644))
	before := namesIn(t, packDir(s))
	_, err = Repack(context.Background(), s, family256(base, tuned(1, base)), Options{})
	require.ErrorIs(t, err, tensorstore.ErrCorrupt)
	require.Subset(t, namesIn(t, packDir(s)), before)
	requireBlob(t, s, base)
}

// What a record of a pack that came meanwhile needs is not deleted.
func TestRepackKeepsWhatANewPackNeeds(t *testing.T) {
	base := weights(1, 256*128)
	ft, late := tuned(1, base), tuned(2, base)
	h := matrix(256, 128)
	s, x := open(t, repackOptions)
	putAll(t, s, h, ft)
	putAll(t, s, against(h, ft), base)
	r, err := newRepacking(s, Options{})
	require.NoError(t, err)
	families := family256(base, ft)
	require.NoError(t, r.survey(families))
	// The prediction of base is in the store; a writer of another process names it, too.
	loc := recordOf(t, x, base)
	w, err := pack.Create(disk.OS, packDir(s))
	require.NoError(t, err)
	e := pack.Entry{Kind: pack.Chunk, ID: digest.Sum(late), Encoding: uint8(codec.Raw), RawLen: int64(len(late)),
		Prediction: loc.Prediction}
	_, err = w.Append(e, late)
	require.NoError(t, err)
	_, err = w.Seal()
	require.NoError(t, err)
	require.NoError(t, s.Refresh())
	old := supersession{loc.Pack: 0}
	require.ErrorIs(t, r.check(context.Background(), old), tensorstore.ErrUnknown)
}

// A reader whose index names packs that another process has replaced looks again.
func TestAReaderFollowsARepacking(t *testing.T) {
	base := weights(1, 256*128)
	ft := tuned(1, base)
	s, _ := open(t, repackOptions)
	putAll(t, s, matrix(256, 128), ft)
	putAll(t, s, matrix(256, 128), base)
	object := []byte("a tree")
	w := s.Begin(tensorstore.WriterOptions{})
	require.NoError(t, w.PutObject(pack.Tree, digest.Sum(object), object))
	require.NoError(t, w.Flush())
	reader := openAt(t, s.Dir(), newMemIndex(), repackOptions)
	require.NoError(t, reader.Close()) // lest it read what is deleted and still open
	require.NotZero(t, repack(t, s, Options{}, family256(base, ft)).Recoded)
	got, err := reader.Object(pack.Tree, digest.Sum(object))
	require.NoError(t, err)
	require.Equal(t, object, got)

	reader = openAt(t, s.Dir(), newMemIndex(), repackOptions)
	require.NoError(t, reader.Close())
	for i := range 40 { // new packs, and the old ones go
		putAll(t, s, choose.Known{}, weights(uint64(100+i), 100))
	}
	repack(t, s, Options{Level: choose.MaxLevel}, family256(base, ft))
	requireBlob(t, reader, ft)
	requireBlob(t, reader, base)
}

// Stopped at any operation, with any loss: everything reads back, with the old index and
// with a new one, and the same repacking ends where it would have.
func TestRepackCrashSweep(t *testing.T) {
	base := weights(1, 64*64)
	a, b := tuned(1, base), tuned(2, base)
	h := matrix(64, 64)
	options := tensorstore.Options{PackBytes: 2 << 10, Chunking: smallChunks, Workers: 1}
	families := [][]Tensor{{{digest.Sum(a), h}, {digest.Sum(b), h}, {digest.Sum(base), h}}}
	full := t.TempDir()
	s := openAt(t, full, newMemIndex(), options)
	putAll(t, s, h, a)
	putAll(t, s, against(h, a), b, base)
	faultfs.Sweep(t, full, 15, func(t *testing.T, fsys *faultfs.FS) (func() error, func(bool)) {
		faulty := options
		faulty.FS = fsys
		x := newMemIndex()
		s := openAt(t, fsys.Dir(), x, faulty)
		do := func() error {
			_, err := Repack(context.Background(), s, families, Options{})
			require.NoError(t, s.Close())
			return err
		}
		return do, func(bool) {
			for _, x := range []*memIndex{x, newMemIndex()} {
				s := openAt(t, fsys.Dir(), x, options)
				require.Empty(t, s.Damaged())
				for _, blob := range [][]byte{a, b, base} {
					requireBlob(t, s, blob)
				}
				requireClean(t, s)
			}
			s := openAt(t, fsys.Dir(), newMemIndex(), options)
			repack(t, s, Options{}, families)
			requireTidy(t, s, 2, a, b, base)
		}
	})
}

// Of two records of a content, one of them damaged, the other is kept.
func TestRepackKeepsTheRecordThatCanBeRead(t *testing.T) {
	one, x := open(t, repackOptions)
	b := weights(1, 1000)
	putAll(t, one, choose.Known{}, b)
	damaged, err := x.Locate(pack.Chunk, digest.Sum(b))
	require.NoError(t, err)
	path := pack.Path(packDir(one), damaged[0].Pack)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	content[damaged[0].Off] ^= 1
	require.NoError(t, os.Chmod(path, 0o644))
	require.NoError(t, os.WriteFile(path, content, 0o644))
	two, _ := open(t, repackOptions)
	putAll(t, two, choose.Known{}, weights(2, 1000), b)
	require.NoError(t, os.CopyFS(packDir(one), os.DirFS(packDir(two))))
	one = openAt(t, one.Dir(), x, repackOptions)
	repack(t, one, Options{}, nil)
	requireTidy(t, one, 0, b, weights(2, 1000))
}

// What a record needs that was lost before, as with a pack that is gone, keeps nobody from repacking the rest.
func TestRepackBesideALostSource(t *testing.T) {
	base, other := weights(1, 256*128), weights(7, 256*128)
	h := matrix(256, 128)
	s, x := open(t, repackOptions)
	putAll(t, s, h, base)
	putAll(t, s, against(h, base), tuned(1, base))
	require.NoError(t, os.Remove(pack.Path(packDir(s), recordOf(t, x, base).Pack)))
	require.NoError(t, s.Refresh())
	putAll(t, s, h, other)
	for seed := range uint64(4) {
		putAll(t, s, choose.Known{}, weights(100+seed, 100))
	}
	before := len(namesIn(t, packDir(s)))
	repack(t, s, Options{}, family256(other))
	require.Less(t, len(namesIn(t, packDir(s))), before, "small packs are merged, that of the fine-tune among them")
	requireBlob(t, s, other)
}
