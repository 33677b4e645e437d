//go:build cgo

package codec

// -std=c11 keeps GCC from contracting a·b + c to one rounding: see formats/ggml.

/*
#cgo CFLAGS: -std=c11 -O3
#include "kernel.h"
*/
import "C"

import (
	"unsafe"

	"dits/cpu"
)

// machine is the best level whose instructions the processor has.
var machine = cpu.Machine(
	cpu.X86.HasAVX2,
	cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512CD,
)

// Lengths below are checked before the call; C relies on them.

func u8(b []uint8) *C.uint8_t    { return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(b))) }
func u16(b []uint16) *C.uint16_t { return (*C.uint16_t)(unsafe.Pointer(unsafe.SliceData(b))) }
func f64(v []float64) *C.double  { return (*C.double)(unsafe.Pointer(unsafe.SliceData(v))) }
func i16(b []int16) *C.int16_t   { return (*C.int16_t)(unsafe.Pointer(unsafe.SliceData(b))) }
func i8(b []int8) *C.int8_t      { return (*C.int8_t)(unsafe.Pointer(unsafe.SliceData(b))) }

// bytes16 is b, whose elements have 2 bytes.
func bytes16(b []byte) *C.uint16_t { return (*C.uint16_t)(unsafe.Pointer(unsafe.SliceData(b))) }
