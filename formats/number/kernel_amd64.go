//go:build cgo

package number

// -std=c11 keeps GCC from contracting a·b + c to one rounding: see formats/ggml.

/*
#cgo CFLAGS: -std=c11 -O3
#cgo noescape dits_sums_avx2
#cgo nocallback dits_sums_avx2
#include "kernel.h"
*/
import "C"

import (
	"unsafe"

	"dits/cpu"
)

// hasSumKernel says that the functions below may be called. All that have AVX2 have F16C, which came two years
// before.
var hasSumKernel = cpu.Machine(cpu.X86.HasAVX2) == cpu.AVX2

// lanesInC is lanesInGo by AVX2, for lengths that are a multiple of 4 and not 0.
func lanesInC(a, b []float64) sums {
	b = b[:len(a)]
	return sumsInC(unsafe.Pointer(&a[0]), unsafe.Pointer(&b[0]), len(a), C.DITS_F64)
}

// bytesInC is lanesInC of n elements as they lie in a tensor.
func bytesInC(a, b []byte, n int, elem kernelElem) sums {
	size := elem.size()
	_, _ = a[:n*size], b[:n*size]
	return sumsInC(unsafe.Pointer(&a[0]), unsafe.Pointer(&b[0]), n, C.int32_t(elem))
}

func sumsInC(a, b unsafe.Pointer, n int, elem C.int32_t) sums {
	var s C.dits_sums
	C.dits_sums_avx2(&s, (*C.uint8_t)(a), (*C.uint8_t)(b), C.int64_t(n), elem)
	return sums{aa: float64(s.aa), bb: float64(s.bb), ab: float64(s.ab), dd: float64(s.dd), d: float64(s.d), max: float64(s.max)}
}
