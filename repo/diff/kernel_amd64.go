//go:build cgo

package diff

/*
#cgo CFLAGS: -std=c11 -O3
#cgo noescape dits_product_avx2
#cgo nocallback dits_product_avx2
#include "kernel.h"
*/
import "C"

import (
	"unsafe"

	"dits/cpu"
)

// hasProductKernel says that productInC may be called.
var hasProductKernel = cpu.Machine(cpu.X86.HasAVX2 && cpu.X86.HasFMA) == cpu.AVX2

// productInC adds x·y to c, n rows of a panel. Lengths are checked here; C relies on them.
func productInC(c []float64, x strided, y []float64, n, inner int) {
	if n == 0 || inner == 0 {
		return
	}
	_, _, _ = c[:n*panel], y[:inner*panel], x.data[(n-1)*x.row+(inner-1)*x.col]
	C.dits_product_avx2((*C.double)(unsafe.Pointer(&c[0])), (*C.double)(unsafe.Pointer(&x.data[0])),
		C.int64_t(x.row), C.int64_t(x.col), (*C.double)(unsafe.Pointer(&y[0])), C.int64_t(n), C.int64_t(inner))
}
