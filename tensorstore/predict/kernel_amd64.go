//go:build cgo

package predict

// -std=c11 keeps GCC from contracting a·b + c to one rounding: see formats/ggml.

/*
#cgo CFLAGS: -std=c11 -O3
#cgo noescape dits_move_avx2
#cgo nocallback dits_move_avx2
#cgo noescape dits_move_avx512
#cgo nocallback dits_move_avx512
#cgo noescape dits_multiply_avx2
#cgo nocallback dits_multiply_avx2
#cgo noescape dits_multiply_avx512
#cgo nocallback dits_multiply_avx512
#cgo noescape dits_subtract_bf16
#cgo nocallback dits_subtract_bf16
#cgo noescape dits_add
#cgo nocallback dits_add
#cgo noescape dits_energy
#cgo nocallback dits_energy
#cgo noescape dits_load_bf16
#cgo nocallback dits_load_bf16
#cgo noescape dits_load_f16
#cgo nocallback dits_load_f16
#cgo noescape dits_store_bf16
#cgo nocallback dits_store_bf16
#cgo noescape dits_store_f16
#cgo nocallback dits_store_f16
#include "kernel.h"
*/
import "C"

import (
	"unsafe"

	"dits/cpu"
	"dits/tensorstore/codec"
)

// machine is the best level whose instructions the processor has. All that have AVX2 have F16C,
// which came two years before.
var machine = cpu.Machine(
	cpu.X86.HasAVX2 && cpu.X86.HasFMA,
	cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW,
)

// Lengths below are checked before the call; C relies on them.

// move moves the elements in the first columns of a window of b and returns the number of
// those columns, all of them or some less.
func (k kernel) move(b []byte, e codec.Elem, f *Factors, w window) int64 {
	unit := int64(16)
	level := k.use()
	if level == cpu.AVX512 && w.n >= 32 {
		unit = 32
	}
	n := w.n / unit * unit
	if level == cpu.Go || n == 0 || w.rows == 0 || !w.fits(b, e, f) {
		return 0
	}
	pairs := f.paired()
	m := C.dits_move{
		rows: C.int64_t(w.rows), n: C.int64_t(n), stride: C.int64_t(f.width()), rank: C.int64_t(f.Rank),
		scale: C.float(f.scale()), elem: C.int32_t(e),
	}
	to, from := (*C.uint8_t)(unsafe.Pointer(&b[0])), (*C.int32_t)(unsafe.Pointer(&pairs[w.col]))
	left := (*C.int16_t)(unsafe.Pointer(&f.B[w.row*int64(f.Rank)]))
	if unit == 32 {
		C.dits_move_avx512(to, from, left, &m)
	} else {
		C.dits_move_avx2(to, from, left, &m)
	}
	return n
}

// multiply adds x·y to c: n rows of columns, with inner rows of y. It reports whether it did it.
func (k kernel) multiply(c []float32, x strided, y []float32, n, inner int) bool {
	if k.use() == cpu.Go || n == 0 || inner == 0 {
		return false
	}
	last := (n-1)*x.row + (inner-1)*x.col
	if len(c) < n*columns || len(y) < inner*columns || last >= len(x.at) || last < 0 {
		return false
	}
	to, from, by := (*C.float)(unsafe.Pointer(&c[0])), (*C.float)(unsafe.Pointer(&x.at[0])), (*C.float)(unsafe.Pointer(&y[0]))
	row, col := C.int64_t(x.row), C.int64_t(x.col)
	if k.use() == cpu.AVX512 {
		C.dits_multiply_avx512(to, from, row, col, by, C.int64_t(n), C.int64_t(inner))
	} else {
		C.dits_multiply_avx2(to, from, row, col, by, C.int64_t(n), C.int64_t(inner))
	}
	return true
}

// subtract is [Subtract]; it reports whether it did it.
func (k kernel) subtract(dst []float32, a, b []byte, e codec.Elem) bool {
	if k.use() == cpu.Go || e != codec.BF16 || len(dst) == 0 || len(a) < 2*len(dst) || len(b) < 2*len(dst) {
		return false
	}
	C.dits_subtract_bf16((*C.float)(unsafe.Pointer(&dst[0])), (*C.uint16_t)(unsafe.Pointer(&a[0])),
		(*C.uint16_t)(unsafe.Pointer(&b[0])), C.int64_t(len(dst)))
	return true
}

// add adds a times sign to dst; it reports whether it did it.
func (k kernel) add(dst, a []float32, sign float32) bool {
	if k.use() == cpu.Go || len(dst) == 0 || len(a) < len(dst) {
		return false
	}
	C.dits_add((*C.float)(unsafe.Pointer(&dst[0])), (*C.float)(unsafe.Pointer(&a[0])), C.float(sign), C.int64_t(len(dst)))
	return true
}

// energy is the sum of squares of a; it reports whether it did it.
func (k kernel) energy(a []float32) (float64, bool) {
	if k.use() == cpu.Go || len(a) == 0 {
		return 0, false
	}
	return float64(C.dits_energy((*C.float)(unsafe.Pointer(&a[0])), C.int64_t(len(a)))), true
}

// load sets the first of dst to the values of elements of b and returns how many it did.
func (k kernel) load(dst []float32, b []byte, e codec.Elem) int {
	n := min(len(dst), len(b)/2) &^ 7
	if k.use() == cpu.Go || n == 0 || e != codec.BF16 && e != codec.F16 {
		return 0
	}
	to, from := (*C.float)(unsafe.Pointer(&dst[0])), (*C.uint16_t)(unsafe.Pointer(&b[0]))
	if e == codec.BF16 {
		C.dits_load_bf16(to, from, C.int64_t(n))
	} else {
		C.dits_load_f16(to, from, C.int64_t(n))
	}
	return n
}

// store writes the first of a, rounded to element type to, and returns how many, and whether one is a NaN.
func (k kernel) store(dst []byte, to codec.Elem, a []float32) (n int, nan bool) {
	n = min(len(a), len(dst)/2) &^ 7
	if k.use() == cpu.Go || n == 0 || to != codec.BF16 && to != codec.F16 {
		return 0, false
	}
	at, from := (*C.uint16_t)(unsafe.Pointer(&dst[0])), (*C.float)(unsafe.Pointer(&a[0]))
	if to == codec.BF16 {
		return n, C.dits_store_bf16(at, from, C.int64_t(n)) != 0
	}
	return n, C.dits_store_f16(at, from, C.int64_t(n)) != 0
}
