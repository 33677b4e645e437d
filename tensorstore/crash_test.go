package tensorstore

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/digest"
	"dits/tensorstore/disk/faultfs"
)

// story puts a base and its fine-tune, in several packs and two sessions. It returns
// those that Flush has promised to keep.
func story(s *Store, base, ft []byte) (kept [][]byte, err error) {
	h := matrix(256, 128)
	for _, step := range []struct {
		bytes []byte
		hint  Hint
	}{{base, h}, {ft, against(h, base)}} {
		w := s.Begin(WriterOptions{})
		defer w.Close()
		src := bytes.NewReader(step.bytes)
		if _, err := w.PutBlob(context.Background(), src, digest.Sum(step.bytes), src.Size(), step.hint); err != nil {
			return kept, err
		}
		if err := w.Flush(); err != nil {
			return kept, err
		}
		kept = append(kept, step.bytes)
	}
	return kept, nil
}

// Stopped at any operation, from the first that opens the store, with any loss: what was
// flushed reads back, whether the index survived or is made again; and the same can be
// put again.
func TestCrashSweep(t *testing.T) {
	base := weights(1, 256*128)
	ft := tuned(1, base)
	options := Options{PackBytes: 16 << 10, Chunking: smallChunks}
	for _, loss := range faultfs.Losses {
		t.Run(loss.String(), func(t *testing.T) {
			for k := 0; ; k++ {
				dir := t.TempDir()
				fsys, err := faultfs.New(dir)
				require.NoError(t, err)
				fsys.CrashAt(k)
				o := options
				o.FS = fsys
				x := newMemIndex()
				var kept [][]byte
				s, err := Open(dir, x, o)
				if err == nil {
					kept, err = story(s, base, ft)
					require.NoError(t, s.Close())
				}
				if !fsys.Failed() {
					require.NoError(t, err)
					require.Greater(t, k, 25, "too few operations for a sweep")
					return
				}
				require.ErrorIs(t, err, faultfs.ErrInjected)
				require.NoError(t, fsys.Crash(loss))
				checkStory(t, dir, x, kept, base, ft)
				checkStory(t, dir, newMemIndex(), kept, base, ft)
			}
		})
	}
}

// An operation that fails alone leaves nothing behind but sealed packs.
func TestFailureSweep(t *testing.T) {
	base := weights(1, 256*128)
	ft := tuned(1, base)
	for k := 0; ; k++ {
		dir := t.TempDir()
		fsys, err := faultfs.New(dir)
		require.NoError(t, err)
		x := newMemIndex()
		s, err := Open(dir, x, Options{FS: fsys, PackBytes: 16 << 10, Chunking: smallChunks})
		require.NoError(t, err)
		fsys.FailAt(bytes.Count([]byte(fsys.Log()), []byte("\n")) + k)
		kept, err := story(s, base, ft)
		require.NoError(t, s.Close())
		if !fsys.Failed() {
			require.NoError(t, err)
			return
		}
		for _, name := range namesIn(t, s.packDir()) {
			require.Regexp(t, `^[0-9a-f]{64}\.pack$`, name, "operation %d:\n%s", k, fsys.Log())
		}
		checkStory(t, dir, x, kept, base, ft)
	}
}

func checkStory(t *testing.T, dir string, x *memIndex, kept [][]byte, base, ft []byte) {
	t.Helper()
	s, err := Open(dir, x, Options{Chunking: smallChunks})
	require.NoError(t, err)
	defer s.Close()
	require.Empty(t, s.Damaged())
	for _, b := range kept {
		requireBlob(t, s, b)
	}
	requireClean(t, s)
	all, err := story(s, base, ft)
	require.NoError(t, err)
	for _, b := range all {
		requireBlob(t, s, b)
	}
}
