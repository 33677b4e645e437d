package tensorstore

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk/faultfs"
)

// story puts a base and its fine-tune, in several packs and two sessions. It returns
// those that Flush has promised to keep.
func story(s *Store, base, ft []byte) (kept [][]byte, err error) {
	h := matrix(256, 128)
	for _, step := range []struct {
		bytes []byte
		known choose.Known
	}{{base, h}, {ft, against(h, base)}} {
		w := s.Begin(WriterOptions{})
		defer w.Close()
		src := bytes.NewReader(step.bytes)
		if _, err := w.PutBlob(context.Background(), src, digest.Sum(step.bytes), src.Size(), step.known); err != nil {
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
	faultfs.Sweep(t, "", 25, func(t *testing.T, fsys *faultfs.FS) (func() error, func(bool)) {
		x := newMemIndex()
		var kept [][]byte
		do := func() error {
			s, err := Open(fsys.Dir(), x, Options{FS: fsys, PackBytes: 16 << 10, Chunking: smallChunks})
			if err != nil {
				return err
			}
			kept, err = story(s, base, ft)
			require.NoError(t, s.Close())
			return err
		}
		return do, func(bool) {
			checkStory(t, fsys.Dir(), x, kept, base, ft)
			checkStory(t, fsys.Dir(), newMemIndex(), kept, base, ft)
		}
	})
}

// An operation that fails alone leaves nothing behind but sealed packs.
func TestFailureSweep(t *testing.T) {
	base := weights(1, 256*128)
	ft := tuned(1, base)
	faultfs.SweepFailures(t, "", 20, func(t *testing.T, fsys *faultfs.FS) (func() error, func(bool)) {
		x := newMemIndex()
		s, err := Open(fsys.Dir(), x, Options{FS: fsys, PackBytes: 16 << 10, Chunking: smallChunks})
		require.NoError(t, err)
		var kept [][]byte
		do := func() (err error) {
			kept, err = story(s, base, ft)
			require.NoError(t, s.Close())
			return err
		}
		return do, func(bool) {
			for _, name := range namesIn(t, s.packDir()) {
				require.Regexp(t, `^[0-9a-f]{64}\.pack$`, name)
			}
			checkStory(t, fsys.Dir(), x, kept, base, ft)
		}
	})
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
