package repo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/catalog"
)

// A room counts what copies hold of it.
type room struct{ held, most, taken atomic.Int64 }

func (r *room) take(_ context.Context, n int64) (func(), error) {
	r.taken.Add(n)
	if now := r.held.Add(n); now > r.most.Load() {
		r.most.Store(now)
	}
	return func() { r.held.Add(-n) }, nil
}

// A slow writer takes a MiB in 100 ms.
type slowWriter struct{ bytes.Buffer }

func (w *slowWriter) Write(p []byte) (int, error) {
	time.Sleep(time.Duration(len(p)) * 100 * time.Millisecond / (1 << 20))
	return w.Buffer.Write(p)
}

// noisyFile is a stored file of so many bytes that nothing compresses.
func noisyFile(t *testing.T, n int) (*Repo, catalog.File, []byte) {
	t.Helper()
	r, err := Init(t.TempDir(), InitOptions{})
	require.NoError(t, err)
	t.Cleanup(func() { r.Close() })
	source := rand.NewChaCha8([32]byte{1})
	want := make([]byte, n)
	_, _ = source.Read(want)
	require.NoError(t, os.WriteFile(filepath.Join(r.Root, "noise.bin"), want, 0o666))
	require.NoError(t, r.Add(context.Background(), []string{""}, AddOptions{}))
	x, err := r.Index()
	require.NoError(t, err)
	f, err := r.ReadFile(x.Find("noise.bin").ID)
	require.NoError(t, err)
	return r, f, want
}

// A copy in shared memory gives all bytes and then all memory back, and has little on its way for who is slow.
func TestCopyWithin(t *testing.T) {
	const size = 24 << 20
	r, f, want := noisyFile(t, size)
	ctx := context.Background()
	for _, part := range [][2]int64{{0, size}, {5, size}, {3 << 20, 3<<20 + 9}, {size, size}, {0, 0}} {
		var got bytes.Buffer
		room := &room{}
		require.NoError(t, r.CopyWithin(ctx, &got, f, part[0], part[1], room.take))
		require.True(t, bytes.Equal(want[part[0]:part[1]], got.Bytes()))
		require.Zero(t, room.held.Load())
		require.Equal(t, part[1]-part[0], room.taken.Load())
	}
	slow, room := &slowWriter{}, &room{}
	require.NoError(t, r.CopyWithin(ctx, slow, f, 0, size, room.take))
	require.True(t, bytes.Equal(want, slow.Bytes()))
	require.LessOrEqual(t, room.most.Load(), int64(3*256<<10), "two pieces, and one that is being written")
	require.Zero(t, room.held.Load())
	require.Error(t, r.CopyWithin(ctx, io.Discard, f, 2, 1, room.take))
	require.Error(t, r.CopyWithin(ctx, io.Discard, f, 0, size+1, room.take))
}

// A deaf writer takes some pieces and then no more.
type deaf struct{ left int }

func (w *deaf) Write(p []byte) (int, error) {
	if w.left--; w.left < 0 {
		return 0, errors.New("gone")
	}
	return len(p), nil
}

// However a copy ends, it gives back what it took.
func TestCopyWithinGivesBack(t *testing.T) {
	r, f, _ := noisyFile(t, 24<<20)
	for left := range 4 {
		room := &room{}
		require.ErrorContains(t, r.CopyWithin(context.Background(), &deaf{left}, f, 0, f.Layout.Size, room.take), "gone")
		require.Zero(t, room.held.Load())
	}
	ctx, cancel := context.WithCancel(context.Background())
	room := &room{}
	full := func(ctx context.Context, n int64) (func(), error) {
		if room.taken.Load() > 2<<20 {
			cancel()
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return room.take(ctx, n)
	}
	require.ErrorIs(t, r.CopyWithin(ctx, io.Discard, f, 0, f.Layout.Size, full), context.Canceled)
	require.Zero(t, room.held.Load())
}
