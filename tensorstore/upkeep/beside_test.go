package upkeep

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
	"dits/tensorstore/pack"
)

// A writer that is at work while the store is repacked names a prediction that the store had
// when it was asked for, and that the repacking drops: it comes along.
func TestAWriterBesideARepacking(t *testing.T) {
	base := weights(1, 256*128)
	a, b, c := tuned(1, base), tuned(2, base), tuned(3, base)
	late := tuned(4, base)
	h := matrix(256, 128)
	s, x := open(t, repackOptions)
	putAll(t, s, h, a)
	fast := tensorstore.WriterOptions{Level: choose.FastLevel}
	first := s.Begin(fast)
	for _, blob := range [][]byte{b, c, base} {
		put(t, first, blob, against(h, a))
	}
	require.NoError(t, first.Flush())

	other := openAt(t, s.Dir(), newMemIndex(), repackOptions) // of another process
	w := other.Begin(fast)
	put(t, w, late, against(h, a))
	named := recordOf(t, x, base).Prediction
	require.NotZero(t, repack(t, s, Options{}, family256(a, b, base, c)).Recoded)
	has, err := s.HasObject(pack.Prediction, named)
	require.NoError(t, err)
	require.False(t, has, "the repacking has dropped it")
	require.NoError(t, w.Flush())

	again := openAt(t, s.Dir(), newMemIndex(), repackOptions)
	for _, blob := range [][]byte{a, b, c, base, late} {
		requireBlob(t, again, blob)
	}
	requireClean(t, again)
}

// A pack that is sealed after the last look but one, and before packs are deleted, is seen.
func TestRepackLooksAtTheLastPack(t *testing.T) {
	base := weights(1, 256*128)
	ft, late := tuned(1, base), tuned(2, base)
	h := matrix(256, 128)
	s, x := open(t, repackOptions)
	putAll(t, s, h, ft)
	putAll(t, s, against(h, ft), base)
	r, err := newRepacking(s, Options{})
	require.NoError(t, err)
	require.NoError(t, r.survey(family256(base, ft)))
	loc := recordOf(t, x, base)
	old := supersession{}
	require.NoError(t, r.check(context.Background(), old))
	w, err := pack.Create(disk.OS, packDir(s))
	require.NoError(t, err)
	e := loc.Entry
	e.ID = digest.Sum(late)
	payload, err := s.Payload(loc)
	require.NoError(t, err)
	_, err = w.Append(e, payload)
	require.NoError(t, err)
	_, err = w.Seal()
	require.NoError(t, err)
	old[loc.Pack] = 0
	err = s.Remove(old.names(), func() error { return r.checkLate(context.Background(), old) })
	require.ErrorIs(t, err, tensorstore.ErrUnknown)
	requireBlob(t, s, base)
}

// Packs are not deleted while somebody holds them.
func TestRemoveWaitsForWhoHolds(t *testing.T) {
	s, _ := open(t, repackOptions)
	b := weights(1, 1000)
	putAll(t, s, choose.Known{}, b)
	release, err := s.Hold()
	require.NoError(t, err)
	removed := make(chan error, 1)
	looked := make(chan bool, 1)
	go func() {
		removed <- s.Remove(namesIn(t, packDir(s)), func() error { looked <- true; return errors.New("it is needed") })
	}()
	other := s.Begin(tensorstore.WriterOptions{})
	put(t, other, bytes.Clone(weights(2, 1000)), choose.Known{})
	require.NoError(t, other.Flush(), "others hold as well")
	require.Empty(t, looked)
	release()
	require.ErrorContains(t, <-removed, "it is needed")
	requireBlob(t, s, b)
}
