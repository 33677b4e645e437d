package predict

import (
	"encoding/binary"
	"fmt"
	"math"

	"dits/formats/float"
	"dits/tensorstore/codec"
)

// lowRank is the rule of [LowRank]: the values of the source, moved by [Factors].
type lowRank struct{ plain }

func (lowRank) check(p *Prediction) error {
	if !HasLowRank(p.Elem) || p.Width == 0 {
		return fmt.Errorf("prediction: low rank for element type %d in rows of %d", p.Elem, p.Width)
	}
	return nil
}

func (lowRank) parse(r *reader, p *Prediction) (Details, error) {
	return parseFactors(r, p.rows(), p.Width)
}

func (lowRank) predict(p *Prediction, dst []byte, first int64, open Opener) error {
	if err := (relative{}).predict(p, dst, first, open); err != nil {
		return err
	}
	p.By.(*Factors).Move(dst, p.Elem, first)
	return nil
}

// HasLowRank says that low-rank prediction is defined for an element type.
func HasLowRank(e codec.Elem) bool { return e == codec.BF16 || e == codec.F16 || e == codec.F32 }

// sumBlock is how many elements of a row are summed at once.
const sumBlock = 1024

// A window is some columns of some rows of a matrix.
type window struct{ row, rows, col, n int64 }

// fits says that a window is within the matrix of f, and b from its first element to its last.
func (w window) fits(b []byte, e codec.Elem, f *Factors) bool {
	width, size := f.width(), int64(e.Size())
	return w.row >= 0 && w.rows >= 1 && w.col >= 0 && w.n >= 1 && w.n <= width-w.col &&
		w.rows <= int64(len(f.B)/f.Rank)-w.row && int64(len(b)) >= ((w.rows-1)*width+w.n)*size
}

// move adds factors to the elements of b, the first of which has index first in the tensor. All
// arithmetic is float32 with one rounding: the product with a power of two is exact, so that
// fusing it with the sum would change nothing. An element that is not finite stays.
func (f *Factors) move(k kernel, b []byte, e codec.Elem, first int64) {
	width, size := f.width(), int64(e.Size())
	for n := int64(len(b)) / size; n > 0; {
		w := window{row: first / width, rows: 1, col: first % width}
		w.n = min(n, width-w.col)
		if w.col == 0 && n > width {
			w.rows = n / width
		}
		f.moveWindow(k, b, e, w)
		done := w.rows * w.n
		b, first, n = b[done*size:], first+done, n-done
	}
}

// moveWindow moves the elements of a window of b, as many of them as it can by a kernel.
func (f *Factors) moveWindow(k kernel, b []byte, e codec.Elem, w window) {
	done, size := k.move(b, e, f, w), int64(e.Size())
	var sums [sumBlock]int32
	for i := range w.rows {
		for j := done; j < w.n; {
			n := min(w.n-j, sumBlock)
			f.row(sums[:n], w.row+i, w.col+j)
			move(b[(i*f.width()+j)*size:][:n*size], e, sums[:n], f.scale())
			j += n
		}
	}
}

// move adds sums times scale to the elements of b.
func move(b []byte, e codec.Elem, sums []int32, scale float32) {
	switch e {
	case codec.BF16:
		moveBF16(b, sums, scale)
	case codec.F16:
		moveF16(b, sums, scale)
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
		v := float.BF16(h) + float32(float32(s)*scale)
		// A carry out of the largest number gives infinity, as it should.
		binary.LittleEndian.PutUint16(b[2*k:], float.ToBF16(v))
	}
}

func moveF16(b []byte, sums []int32, scale float32) {
	b = b[:2*len(sums)]
	for k, s := range sums {
		if h := binary.LittleEndian.Uint16(b[2*k:]); h&0x7c00 != 0x7c00 {
			v := float.F16(h) + float32(float32(s)*scale)
			binary.LittleEndian.PutUint16(b[2*k:], float.ToF16(v))
		}
	}
}

// Move adds the change that f stands for to b, elements of a tensor from index first on.
func (f *Factors) Move(b []byte, e codec.Elem, first int64) { f.move(kernelBest, b, e, first) }

// Subtract sets dst to the elements of a less those of b, 0 where that is not finite.
func Subtract(dst []float32, a, b []byte, e codec.Elem) {
	switch {
	case kernelBest.subtract(dst, a, b, e):
		return
	case !HasLowRank(e):
		subtractAny(dst, a, b, e)
		return
	}
	var val [combineBlock]float32
	size := e.Size()
	for at := 0; at < len(dst); at += combineBlock {
		d := dst[at:min(at+combineBlock, len(dst))]
		v := val[:len(d)]
		load(d, a[at*size:], e)
		load(v, b[at*size:], e)
		for i := range d {
			x := d[i] - v[i]
			if x-x != 0 {
				x = 0
			}
			d[i] = x
		}
	}
}

func subtractAny(dst []float32, a, b []byte, e codec.Elem) {
	size := e.Size()
	for i := range dst {
		d := float32(get(a[i*size:], e) - get(b[i*size:], e))
		if d-d != 0 {
			d = 0
		}
		dst[i] = d
	}
}
