package merge

import (
	"fmt"
	"io"
	"math"

	"dits/formats"
	"dits/formats/ggml"
	"dits/repo/object"
)

// meanBytes is how much of a mean is computed at a time, whole elements of every dtype.
const meanBytes = 1 << 20

// meanTypes are the dtypes that have a mean: floats that a float32 holds exactly.
var meanTypes = map[formats.DType]ggml.Type{"F32": ggml.F32, "F16": ggml.F16, "BF16": ggml.BF16}

func hasMean(d formats.DType) bool {
	_, ok := meanTypes[d]
	return ok
}

// A meanReader is the mean of two tensors of one dtype, computed when it is read, the same on every
// platform. It may be read from several goroutines.
type meanReader struct {
	a, b io.ReaderAt
	kind ggml.Type
	size int64 // bytes
}

// meanOf opens the two tensors.
func meanOf(r *object.Database, x mean) (*meanReader, error) {
	m := &meanReader{kind: meanTypes[x.tensor.DType], size: x.tensor.Len}
	a, err := r.Store.Blob(x.ours)
	if err != nil {
		return nil, err
	}
	b, err := r.Store.Blob(x.theirs)
	if err != nil {
		return nil, err
	}
	if a.Len() != m.size || b.Len() != m.size {
		return nil, fmt.Errorf("blobs of %d and %d bytes, want %d: %w", a.Len(), b.Len(), m.size, object.ErrCorrupt)
	}
	m.a, m.b = a, b
	return m, nil
}

// ReadAt implements [io.ReaderAt].
func (m *meanReader) ReadAt(p []byte, off int64) (n int, err error) {
	width := m.kind.BlockBytes()
	for n < len(p) && off < m.size {
		first := off - off%width
		b, err := m.block(first, min(meanBytes, m.size-first, int64(len(p)-n)+2*width))
		if err != nil {
			return n, err
		}
		k := copy(p[n:], b[off-first:])
		n, off = n+k, off+int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// block computes about n bytes, whole elements, from off on.
func (m *meanReader) block(off, n int64) ([]byte, error) {
	width := m.kind.BlockBytes()
	n -= n % width
	x, y, out := make([]float32, n/width), make([]float32, n/width), make([]byte, n)
	for _, side := range []struct {
		from io.ReaderAt
		to   []float32
	}{{m.a, x}, {m.b, y}} {
		if err := object.ReadFull(side.from, out, off); err != nil {
			return nil, err
		}
		if err := m.kind.Dequantise(side.to, out); err != nil {
			return nil, err
		}
	}
	for i := range x {
		x[i] = meanOfTwo(x[i], y[i])
	}
	q := ggml.Quantiser{Type: m.kind, Columns: len(x)}
	return out, q.Rows(out, x)
}

// meanOfTwo is the sum in float32, halved; of a sum that is too large, the sum of the halves. Every
// NaN is the same one, as processors do not agree on others.
func meanOfTwo(a, b float32) float32 {
	sum := a + b
	switch {
	case sum != sum:
		return math.Float32frombits(0x7fc00000)
	case math.IsInf(float64(sum), 0):
		return float32(a*0.5) + float32(b*0.5)
	}
	return sum * 0.5
}
