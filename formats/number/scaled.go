package number

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"dits/formats"
)

// mostScales bounds the scales of a matrix, which are in memory.
const mostScales = 1 << 24

// Scaled is matrix m of few bits over its scales, as float32: each number times the scale of its row, its block or all
// of the matrix, times factor. scales has one number, one for each row, or is a matrix of them, one for each block; blocks
// are as large as makes that many of them, 128 × 128 where that does (as in DeepSeek-V3's kernel.py). It is not ok where
// the shapes do not fit, or a dtype has no values.
func Scaled(m Operand, shape []int64, scales Operand, scaleShape []int64, factor float64) (Operand, bool, error) {
	size, ok := sizeOf(m.DType)
	_, valued := sizeOf(scales.DType)
	if !ok || !valued || len(shape) != 2 || shape[0] < 1 || shape[1] < 1 {
		return Operand{}, false, nil
	}
	rows, cols, ok := grid(shape, scaleShape)
	if !ok {
		return Operand{}, false, nil
	}
	s := &scaled{m: m, decode: Decoder(m.DType), size: size, rows: shape[0], columns: shape[1]}
	s.blockRows, s.blockColumns = blockLength(shape[0], rows), blockLength(shape[1], cols)
	s.across, s.scales = cols, make([]float32, rows*cols)
	if err := s.read(scales, factor); err != nil {
		return Operand{}, false, err
	}
	return Operand{R: s, DType: "F32"}, true, nil
}

// sizeOf is how many bytes a number takes; not ok for blocks of ggml and for what has no values.
func sizeOf(d formats.DType) (int64, bool) {
	v, ok := valuesOf[d]
	return v.size, ok
}

// grid is how many scales lie below and beside each other.
func grid(shape, scales []int64) (rows, cols int64, ok bool) {
	switch n := formats.Elements(scales); {
	case n == 1:
		return 1, 1, true
	case n == shape[0] && (len(scales) == 1 || scales[1] == 1):
		return n, 1, true
	case len(scales) == 2 && n > 0 && n <= mostScales && scales[0] <= shape[0] && scales[1] <= shape[1]:
		return scales[0], scales[1], true
	}
	return 0, 0, false
}

// blockLength is how many of n numbers share one of so many scales.
func blockLength(n, scales int64) int64 {
	const usual = 128
	if (n+usual-1)/usual == scales {
		return usual
	}
	return (n + scales - 1) / scales
}

// A scaled reads a matrix of few bits as float32.
type scaled struct {
	m                       Operand
	decode                  func(dst []float32, src []byte)
	size                    int64 // bytes of a number of m
	rows, columns           int64
	blockRows, blockColumns int64
	across                  int64 // scales beside each other
	scales                  []float32
}

// read reads the scales.
func (s *scaled) read(from Operand, factor float64) error {
	size, _ := sizeOf(from.DType)
	raw := make([]byte, size*int64(len(s.scales)))
	if err := formats.ReadFull(from.R, raw, from.Off); err != nil {
		return fmt.Errorf("scales: %w", err)
	}
	Decoder(from.DType)(s.scales, raw)
	for i := range s.scales {
		s.scales[i] = float32(float64(s.scales[i]) * factor)
	}
	return nil
}

// ReadAt implements [io.ReaderAt]. Offsets and lengths are of whole numbers.
func (s *scaled) ReadAt(p []byte, off int64) (int, error) {
	const each = 4
	if off%each != 0 || len(p)%each != 0 {
		return 0, fmt.Errorf("%d bytes from %d on: want whole numbers of 4", len(p), off)
	}
	first := off / each
	n := min(int64(len(p))/each, s.rows*s.columns-first)
	if n <= 0 {
		return 0, io.EOF
	}
	raw, values := make([]byte, n*s.size), make([]float32, n)
	if err := formats.ReadFull(s.m.R, raw, s.m.Off+first*s.size); err != nil {
		return 0, err
	}
	s.decode(values, raw)
	s.scale(values, first)
	for i, v := range values {
		binary.LittleEndian.PutUint32(p[each*i:], math.Float32bits(v))
	}
	if n*each < int64(len(p)) {
		return int(n * each), io.EOF
	}
	return len(p), nil
}

// scale multiplies numbers, of which the first is number first of the matrix, by their scales.
func (s *scaled) scale(values []float32, first int64) {
	for len(values) > 0 {
		i, j := first/s.columns, first%s.columns
		run := min(s.blockColumns-j%s.blockColumns, s.columns-j, int64(len(values)))
		by := s.scales[i/s.blockRows*s.across+j/s.blockColumns]
		for k := range values[:run] {
			values[k] *= by
		}
		values, first = values[run:], first+run
	}
}
