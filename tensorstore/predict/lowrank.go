package predict

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"

	"dits/tensorstore/codec"
)

// HasLowRank says that low-rank prediction is defined for an element type.
func HasLowRank(e codec.Elem) bool { return e == codec.BF16 || e == codec.F16 || e == codec.F32 }

// sumBlock is how many elements of a row are summed at once.
const sumBlock = 1024

// predictLowRank fills dst with the elements of src from index first on, moved by the
// factors. All arithmetic is float32 with one rounding: the product with a power of
// two is exact, so that fusing it with the sum would change nothing. Where the source is
// not finite the prediction is the source.
func (p *Prediction) predictLowRank(dst []byte, first int64, src io.ReaderAt) error {
	if err := readFull(src, dst, first*int64(p.Elem.Size())); err != nil {
		return err
	}
	size := int64(p.Elem.Size())
	scale := float32(math.Ldexp(1, p.Factors.Exp))
	var sums [sumBlock]int32
	for n := int64(len(dst)) / size; n > 0; {
		i, j := first/p.Width, first%p.Width
		k := min(n, p.Width-j, sumBlock)
		p.Factors.row(sums[:k], i, j)
		move(dst[:k*size], p.Elem, sums[:k], scale)
		dst, first, n = dst[k*size:], first+k, n-k
	}
	return nil
}

// move adds sums times scale to the elements of b.
func move(b []byte, e codec.Elem, sums []int32, scale float32) {
	switch e {
	case codec.BF16:
		moveBF16(b, sums, scale)
	case codec.F16:
		for k, s := range sums {
			if h := binary.LittleEndian.Uint16(b[2*k:]); h&0x7c00 != 0x7c00 {
				v := float32(halfToFloat(h)) + float32(float32(s)*scale)
				binary.LittleEndian.PutUint16(b[2*k:], uint16(round(float64(v), 5, 10)))
			}
		}
	case codec.F32:
		for k, s := range sums {
			if u := binary.LittleEndian.Uint32(b[4*k:]); u&0x7f800000 != 0x7f800000 {
				v := math.Float32frombits(u) + float32(float32(s)*scale)
				binary.LittleEndian.PutUint32(b[4*k:], math.Float32bits(v))
			}
		}
	}
}

func moveBF16(b []byte, sums []int32, scale float32) {
	b = b[:2*len(sums)]
	for k, s := range sums {
		h := binary.LittleEndian.Uint16(b[2*k:])
		if h&0x7f80 == 0x7f80 {
			continue
		}
		v := math.Float32bits(math.Float32frombits(uint32(h)<<16) + float32(float32(s)*scale))
		// To nearest, ties to even. A carry out of the largest number gives infinity, as it should.
		binary.LittleEndian.PutUint16(b[2*k:], uint16((v+0x7fff+v>>16&1)>>16))
	}
}

// Move is what a low-rank prediction of a tensor with the elements of source, all of them,
// would be.
func (p *Prediction) Move(source []byte) []byte {
	dst := make([]byte, len(source))
	// Reading from memory cannot fail.
	_ = p.predictLowRank(dst, 0, bytes.NewReader(source))
	return dst
}

// Subtract sets dst to the elements of a less those of b, 0 where that is not finite.
func Subtract(dst []float32, a, b []byte, e codec.Elem) {
	size := e.Size()
	for i := range dst {
		d := float32(get(a[i*size:], e) - get(b[i*size:], e))
		if d-d != 0 {
			d = 0
		}
		dst[i] = d
	}
}
