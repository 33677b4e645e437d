//go:build cgo

package predict

/*
#cgo CFLAGS: -std=c11 -O3
#cgo noescape dits_dot
#cgo nocallback dits_dot
#include "dot.h"
*/
import "C"

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// dotsFast is dots for the leading columns, eight at a time, and returns their
// number: 0 where there is no kernel for the rank or the processor.
func dotsFast(sum []int32, a, b []int16) int {
	n, rank := len(sum)&^7, len(b)
	if !cpu.X86.HasAVX2 || n == 0 || rank == 0 || rank%8 != 0 || len(a) < n*rank {
		return 0
	}
	C.dits_dot((*C.int32_t)(unsafe.Pointer(&sum[0])), (*C.int16_t)(unsafe.Pointer(&a[0])),
		(*C.int16_t)(unsafe.Pointer(&b[0])), C.int64_t(n), C.int64_t(rank))
	return n
}
