package relatives

import (
	"encoding/binary"
	"io"
	"math"
	"math/bits"

	"dits/formats"
	"dits/formats/number"
	"dits/repo/object"
)

const (
	sketchRows = 8  // at least as many rows are sampled where the tensor has them, less than twice that
	sketchRun  = 64 // elements in a row of each of them
	// sketchAlign is a multiple of the elements of every quant block: where a run may start.
	sketchAlign = 256
	// vectorRow is how long the rows of a tensor of one dimension are taken to be.
	vectorRow = 32
	// maxSketchRow bounds the blocks that are dequantised for one run, in elements.
	maxSketchRow = sketchAlign
)

// A sketch is some elements of a tensor as numbers, from places that only its rows and the
// length of a row decide: runs at the start of a column, in rows that are multiples of a power of
// two. So tensors of one shape have theirs from the same places whatever their dtypes; one with
// more rows shares those in the rows that both have; and the first row of each head, which
// llama.cpp's permutation of Q and K leaves where it is, is among them for most models.
type sketch struct {
	rows, width int64
	values      []float32 // runs of min(sketchRun, width), by row; empty: the dtype has no numbers
}

// asMatrix is how many rows of which length a shape has when all dimensions but the last are one.
func asMatrix(shape []int64) (rows, width int64) {
	n := formats.Elements(shape)
	switch {
	case n == 0:
		return 0, 0
	case len(shape) > 1:
		width = shape[len(shape)-1]
	default:
		width = min(n, vectorRow)
	}
	return n / width, width
}

// sketchStep is the distance of the rows that are sampled, a power of two.
func sketchStep(rows int64) int64 {
	if rows < 2*sketchRows {
		return 1
	}
	return 1 << (bits.Len64(uint64(rows/sketchRows)) - 1)
}

// sketchColumn is where the run of a row starts: spread over the columns, as those of
// outliers are alike in all rows.
func sketchColumn(row, width int64) int64 {
	blocks := uint64(width / sketchAlign)
	if blocks == 0 {
		return 0
	}
	return int64(uint64(row)*0x9e3779b97f4a7c15>>32%blocks) * sketchAlign
}

// makeSketch reads the sketch of a tensor whose first byte is at off in r. It reads a
// hundred bytes in each of some ten places.
func makeSketch(r io.ReaderAt, off int64, d formats.DType, shape []int64) (*sketch, error) {
	s := &sketch{}
	s.rows, s.width = asMatrix(shape)
	read, ok := sampler(d, s.width)
	if !ok {
		return s, nil
	}
	s.values = make([]float32, 0, s.length())
	for row := int64(0); row < s.rows; row += sketchStep(s.rows) {
		run, err := read(r, off, row*s.width+sketchColumn(row, s.width))
		if err != nil {
			return nil, err
		}
		s.values = append(s.values, run...)
	}
	return s, nil
}

// sampler reads a run of the sketch from element at on of a tensor at off; not ok for a
// dtype without numbers.
func sampler(d formats.DType, width int64) (read func(r io.ReaderAt, off, at int64) ([]float32, error), ok bool) {
	elems, size, ok := d.Block()
	run := min(sketchRun, width)
	toNumbers := number.Decoder(d)
	if !ok || toNumbers == nil || elems > 1 && width%elems != 0 || elems > maxSketchRow {
		return nil, false
	}
	blocks := (run + elems - 1) / elems
	return func(r io.ReaderAt, off, at int64) ([]float32, error) {
		b := make([]byte, blocks*size)
		if n, err := r.ReadAt(b, off+at/elems*size); n < len(b) {
			return nil, object.ShortRead(err, off+at/elems*size+int64(n), off+at/elems*size+int64(len(b)))
		}
		out := make([]float32, blocks*elems)
		toNumbers(out, b)
		return out[:run], nil
	}, true
}

// length is how many values the sketch of a tensor with numbers has.
func (s *sketch) length() int64 {
	step := sketchStep(s.rows)
	return (s.rows + step - 1) / step * min(sketchRun, s.width)
}

// pack is the values as the catalog keeps them: little-endian float32, of each the last 1 to 4 bytes, for those before
// are zero in all of them. Values of BF16 take 2, of F16 3.
func (s *sketch) pack() []byte {
	var used uint32
	for _, v := range s.values {
		used |= math.Float32bits(v)
	}
	each := max(1, 4-bits.TrailingZeros32(used)/8)
	b := make([]byte, 0, each*len(s.values))
	for _, v := range s.values {
		var word [4]byte
		binary.LittleEndian.PutUint32(word[:], math.Float32bits(v))
		b = append(b, word[4-each:]...)
	}
	return b
}

// unpackSketch reads what pack wrote. A sketch of a shape that no tensor has is empty.
func unpackSketch(rows, width int64, b []byte) *sketch {
	if rows < 0 || width < 1 || rows > math.MaxInt64/2/width {
		return &sketch{}
	}
	s := &sketch{rows: rows, width: width}
	n := s.length()
	if n == 0 || int64(len(b))%n != 0 || int64(len(b))/n > 4 {
		return s
	}
	s.values = make([]float32, 0, n)
	for each := int64(len(b)) / n; len(b) > 0; b = b[each:] {
		var word [4]byte
		copy(word[4-each:], b)
		s.values = append(s.values, math.Float32frombits(binary.LittleEndian.Uint32(word[:])))
	}
	return s
}
