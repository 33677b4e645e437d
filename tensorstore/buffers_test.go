package tensorstore

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
)

// A counted counts the bytes that are read.
type counted struct {
	io.ReaderAt
	n int64
}

func (c *counted) ReadAt(b []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(b, off)
	c.n += int64(n)
	return n, err
}

// TestCuttingReadsABlobOnce: what is read after a cut is not read again for the next.
func TestCuttingReadsABlobOnce(t *testing.T) {
	b := weights(1, 4<<20)
	s, _ := open(t, Options{})
	w := s.Begin(WriterOptions{})
	defer w.Close()
	src := &counted{ReaderAt: bytes.NewReader(b)}
	_, err := w.PutBlob(context.Background(), src, digest.Sum(b), int64(len(b)), choose.Known{})
	require.NoError(t, err)
	require.Equal(t, int64(len(b)), src.n)
	require.NoError(t, w.Flush())
	requireBlob(t, s, b)
}
