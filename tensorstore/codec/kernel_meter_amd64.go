//go:build cgo

package codec

/*
#cgo noescape dits_meter_avx512
#cgo nocallback dits_meter_avx512
#cgo noescape dits_meter_avx2
#cgo nocallback dits_meter_avx2
#include "kernel.h"
*/
import "C"

import (
	"dits/cpu"
)

// meter is rowSums.add for BF16 elements in bytes, with their predictions if there are
// any, and returns how many it did.
func (k kernel) meter(sum *rowSums, col, signed []float64, x, pred []byte) int {
	n := min(len(col), len(x)/2) &^ 7
	if k.use() == cpu.Go || n == 0 || pred != nil && len(pred) < 2*n || signed != nil && len(signed) < n {
		return 0
	}
	if k.use() == cpu.AVX512 {
		C.dits_meter_avx512(f64(sum[:]), f64(col), f64(signed), bytes16(x), bytes16(pred), C.int64_t(n))
	} else {
		C.dits_meter_avx2(f64(sum[:]), f64(col), f64(signed), bytes16(x), bytes16(pred), C.int64_t(n))
	}
	return n
}
