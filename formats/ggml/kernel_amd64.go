//go:build cgo

package ggml

// -std=c11 is more than a dialect: in ISO mode GCC does not contract a·b + c to one rounding, which it does in its
// own (-std=gnu11, the default) wherever the instructions are there, intrinsics included. Kernels would then differ
// from Go, as TestKernelsQuantiseTheSame and the golden tests notice.

/*
#cgo CFLAGS: -std=c11 -O3
#cgo noescape dits_affine_avx2
#cgo nocallback dits_affine_avx2
#cgo noescape dits_affine_avx512
#cgo nocallback dits_affine_avx512
#cgo noescape dits_symmetric_avx2
#cgo nocallback dits_symmetric_avx2
#cgo noescape dits_symmetric_avx512
#cgo nocallback dits_symmetric_avx512
#cgo noescape dits_refine_avx2
#cgo nocallback dits_refine_avx2
#cgo noescape dits_refine_avx512
#cgo nocallback dits_refine_avx512
#cgo noescape dits_importance_avx2
#cgo nocallback dits_importance_avx2
#cgo noescape dits_importance_avx512
#cgo nocallback dits_importance_avx512
#cgo noescape dits_round_avx2
#cgo nocallback dits_round_avx2
#cgo noescape dits_round_avx512
#cgo nocallback dits_round_avx512
#cgo noescape dits_plain_avx2
#cgo nocallback dits_plain_avx2
#cgo noescape dits_plain_avx512
#cgo nocallback dits_plain_avx512
#cgo noescape dits_nan_avx2
#cgo nocallback dits_nan_avx2
#cgo noescape dits_nan_avx512
#cgo nocallback dits_nan_avx512
#include "kernel.h"
*/
import "C"

import (
	"fmt"
	"unsafe"

	"dits/cpu"
)

// machine is the best level whose instructions the processor has. All that have AVX2 have F16C,
// which came two years before.
var machine = cpu.Machine(
	cpu.X86.HasAVX2 && cpu.X86.HasBMI2,
	cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512DQ,
)

// C relies on lengths: whole groups or blocks, and as much memory as they take. need panics where a caller broke
// that, which is a mistake in this package whatever the data.
func need(what string, got, want int) {
	if got < want {
		panic(fmt.Sprintf("ggml: kernel: %d %s, want %d", got, what, want))
	}
}

// whole is how many groups or blocks of size numbers x has.
func whole(x []float32, size int) int {
	if size <= 0 || len(x)%size != 0 {
		panic(fmt.Sprintf("ggml: kernel: %d numbers, want a multiple of %d", len(x), size))
	}
	return len(x) / size
}

// needSearch is what searches need: memory for n groups, and a weight for each number or none.
func needSearch(n int, x, w []float32, s *superScratch, accepted []uint64) {
	need("scales", len(s.scales), n)
	need("accepted", len(accepted), n)
	if w != nil {
		need("weights", len(w), len(x))
	}
}

func floats(v []float32) *C.float  { return (*C.float)(unsafe.Pointer(unsafe.SliceData(v))) }
func words(v []uint64) *C.uint64_t { return (*C.uint64_t)(unsafe.Pointer(unsafe.SliceData(v))) }
func octets(v []uint8) *C.uint8_t  { return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(v))) }
func flag(b bool) (n C.int32_t) {
	if b {
		n = 1
	}
	return n
}

// affine searches the groups of x, or follows accepted, and sets s.scales, s.offsets and s.sums. w nil
// stands for what by says.
func (k kernel) affine(search *affineSearch, by weighing, x, w []float32, s *superScratch, accepted []uint64, given bool) {
	a := C.dits_affine{top: C.float(search.top), size: C.int32_t(by.size), weights: C.int32_t(by.weights), mad: flag(search.mad), given: flag(given)}
	a.count = C.int64_t(len(search.steps))
	for i, step := range search.steps {
		a.steps[i] = C.float(step)
	}
	groups := whole(x, by.size)
	needSearch(groups, x, w, s, accepted)
	n := C.int64_t(groups)
	if k.use() == cpu.AVX512 {
		C.dits_affine_avx512(&a, floats(x), floats(w), n, floats(s.scales[:]), floats(s.offsets[:]), floats(s.sums[:]), words(accepted))
	} else {
		C.dits_affine_avx2(&a, floats(x), floats(w), n, floats(s.scales[:]), floats(s.offsets[:]), floats(s.sums[:]), words(accepted))
	}
}

// symmetric searches the groups of 16 of x, or follows accepted, and sets s.scales, and with w s.sums.
func (k kernel) symmetric(top int32, x, w []float32, s *superScratch, accepted []uint64, given bool) {
	a := C.dits_symmetric{top: C.float(top), size: 16, given: flag(given), count: 1 + C.int64_t(len(symmetricSteps))}
	a.steps[0] = -C.float(top)
	for i, step := range symmetricSteps {
		a.steps[1+i] = C.float(-mulAdd(false, 0.1, step, float32(top)))
	}
	groups := whole(x, 16)
	needSearch(groups, x, w, s, accepted)
	n := C.int64_t(groups)
	if k.use() == cpu.AVX512 {
		C.dits_symmetric_avx512(&a, floats(x), floats(w), n, floats(s.scales[:]), floats(s.sums[:]), words(accepted))
	} else {
		C.dits_symmetric_avx2(&a, floats(x), floats(w), n, floats(s.scales[:]), floats(s.sums[:]), words(accepted))
	}
}

// refine sets s.scales for the groups of 16 of x.
func (k kernel) refine(x []float32, s *superScratch) {
	groups := whole(x, 16)
	need("scales", len(s.scales), groups)
	n := C.int64_t(groups)
	if k.use() == cpu.AVX512 {
		C.dits_refine_avx512(floats(x), n, floats(s.scales[:]))
	} else {
		C.dits_refine_avx2(floats(x), n, floats(s.scales[:]))
	}
}

// importance sets dst to the weights of the blocks of x, as the function importance does with factor
// times the mean square of each block.
func (k kernel) importance(dst, w, x []float32, factor float32) {
	n := C.int64_t(whole(x, superElems))
	need("importances", len(w), len(x))
	need("weights", len(dst), len(x))
	if k.use() == cpu.AVX512 {
		C.dits_importance_avx512(floats(dst), floats(w), floats(x), n, C.float(factor))
	} else {
		C.dits_importance_avx2(floats(dst), floats(w), floats(x), n, C.float(factor))
	}
}

// roundSuper rounds K-quants, sets zero to 1 for the blocks with a step of 0, whose quants are yet to
// be set, and reports whether there are any.
func (k kernel) roundSuper(t Type, dst []byte, x []float32, zero []uint8) bool {
	need("numbers", len(x), len(zero)*superElems)
	need("bytes", len(dst), len(zero)*int(t.BlockBytes()))
	n := C.int64_t(len(zero))
	if k.use() == cpu.AVX512 {
		return C.dits_round_avx512(C.int32_t(t), octets(dst), floats(x), n, octets(zero)) > 0
	}
	return C.dits_round_avx2(C.int32_t(t), octets(dst), floats(x), n, octets(zero)) > 0
}

// plainRun does blocks of 32 up to the first that takes more care, and returns their number.
func (k kernel) plainRun(t Type, dst []byte, x []float32, given bool) int {
	blocks := whole(x, blockElems)
	need("bytes", len(dst), blocks*int(t.BlockBytes()))
	n := C.int64_t(blocks)
	if k.use() == cpu.AVX512 {
		return int(C.dits_plain_avx512(C.int32_t(t), octets(dst), floats(x), n, C.int(flag(given))))
	}
	return int(C.dits_plain_avx2(C.int32_t(t), octets(dst), floats(x), n, C.int(flag(given))))
}

// hasNaN looks at whole vectors of values from the first on, and returns how many it looked at.
func (k kernel) hasNaN(values []float32) (has bool, n int) {
	n = len(values) &^ 31
	switch k.use() {
	case cpu.Go:
		return false, 0
	case cpu.AVX512:
		return C.dits_nan_avx512(floats(values), C.int64_t(n)) != 0, n
	}
	return C.dits_nan_avx2(floats(values), C.int64_t(n)) != 0, n
}
