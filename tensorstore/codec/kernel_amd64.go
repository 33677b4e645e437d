//go:build cgo

package codec

/*
#cgo CFLAGS: -std=c11 -O3
#cgo noescape dits_rans_read_avx2
#cgo nocallback dits_rans_read_avx2
#cgo noescape dits_rans_read_avx512
#cgo nocallback dits_rans_read_avx512
#cgo noescape dits_rans_write_avx2
#cgo nocallback dits_rans_write_avx2
#cgo noescape dits_rans_write_avx512
#cgo nocallback dits_rans_write_avx512
#cgo noescape dits_slots
#cgo nocallback dits_slots
#cgo noescape dits_scales
#cgo nocallback dits_scales
#cgo noescape dits_contexts
#cgo nocallback dits_contexts
#cgo noescape dits_map
#cgo nocallback dits_map
#cgo noescape dits_classify
#cgo nocallback dits_classify
#cgo noescape dits_declassify
#cgo nocallback dits_declassify
#cgo noescape dits_delta_read_avx2
#cgo nocallback dits_delta_read_avx2
#cgo noescape dits_delta_read_avx512
#cgo nocallback dits_delta_read_avx512
#include "kernel.h"
*/
import "C"

import (
	"math"
	"unsafe"

	"golang.org/x/sys/cpu"
)

// detectKernel looks at the processor.
func detectKernel() kernel {
	x := cpu.X86
	switch {
	case !x.HasAVX2 || !x.HasBMI2 || !x.HasPOPCNT || C.dits_slow_bits() != 0:
		return kernelGo
	case x.HasAVX512F && x.HasAVX512BW && x.HasAVX512VL && x.HasAVX512DQ:
		return kernelAVX512
	}
	return kernelAVX2
}

// Lengths below are checked before the call; C relies on them.

func u8(b []uint8) *C.uint8_t    { return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(b))) }
func u16(b []uint16) *C.uint16_t { return (*C.uint16_t)(unsafe.Pointer(unsafe.SliceData(b))) }
func i16(b []int16) *C.int16_t   { return (*C.int16_t)(unsafe.Pointer(unsafe.SliceData(b))) }

// slots is slots.fill; it reports whether it did it.
func (k kernel) slots(part []uint32, freq []uint16) bool {
	if k.use() == kernelGo || len(part) != 1<<probBits || len(freq) == 0 || len(freq) > maxSymbols {
		return false
	}
	C.dits_slots((*C.uint32_t)(unsafe.Pointer(&part[0])), u16(freq), C.int64_t(len(freq)))
	return true
}

// ransRead decodes symbols in whole rounds and returns their number. It ends
// early when the words do.
func (k kernel) ransRead(r *ransReader, s *slots, tok, tab []uint8) int {
	if !k.codes(r.lanes) || len(tab) < len(tok) || r.end+ransPad > len(r.in) {
		return 0
	}
	state := (*C.uint32_t)(unsafe.Pointer(&r.state[0]))
	slot := (*C.uint32_t)(unsafe.Pointer(&s[0]))
	lanes, n, end := C.int64_t(r.lanes), C.int64_t(len(tok)), C.int64_t(r.end)
	pos := C.int64_t(r.pos)
	var done C.int64_t
	if k.use() == kernelAVX512 && r.lanes >= 16 {
		done = C.dits_rans_read_avx512(state, lanes, u8(r.in), &pos, end, slot, u8(tok), u8(tab), n)
	} else {
		spread := (*C.uint64_t)(unsafe.Pointer(&spreadWords[0]))
		done = C.dits_rans_read_avx2(state, lanes, u8(r.in), &pos, end, slot, spread, u8(tok), u8(tab), n)
	}
	r.pos = int(pos)
	return int(done)
}

// ransWrite codes symbols, whole rounds, with words before p, and returns where
// they begin now. It reports whether it did it.
func (k kernel) ransWrite(st *[maxLanes]uint32, lanes int, words []uint16, p int, s *ransPairs, tok, tab []uint8) (int, bool) {
	if !k.codes(lanes) || len(tok)%lanes != 0 || len(tab) < len(tok) || p < len(tok)+ransSlack || p > len(words) {
		return p, false
	}
	state := (*C.uint32_t)(unsafe.Pointer(&st[0]))
	pairs := (*C.uint64_t)(unsafe.Pointer(&s[0]))
	n, at := C.int64_t(len(tok)), C.int64_t(p)
	if k.use() == kernelAVX512 && lanes >= 16 {
		return int(C.dits_rans_write_avx512(state, C.int64_t(lanes), u16(words), at, pairs, u8(tok), u8(tab), n)), true
	}
	return int(C.dits_rans_write_avx2(state, C.int64_t(lanes), u16(words), at, pairs, u8(collectWords[:]), u8(tok), u8(tab), n)), true
}

// scales is expectation.fill for elements that are all in the matrix; it reports
// whether it did it.
func (k kernel) scales(e *expectation, v []int16, at int) bool {
	a, pos := e.act, e.first+int64(at)
	if k.use() == kernelGo || len(v) == 0 || pos < 0 || pos+int64(len(v)) > a.rows*a.width {
		return false
	}
	if a.row != nil && int64(len(a.row)) < a.rows || a.col != nil && int64(len(a.col)) < a.width {
		return false
	}
	C.dits_scales(i16(v), C.int64_t(len(v)), i16(a.row), i16(a.col), C.int64_t(a.width),
		C.int64_t(pos/a.width), C.int64_t(pos%a.width))
	return true
}

// contexts sets contexts of predictions p and scales v, and returns their number.
func (k kernel) contexts(ctx []uint16, v []int16, p []uint16, r scaleRule) int {
	n := min(len(ctx), len(v), len(p)) &^ 15
	if k.use() == kernelGo || n == 0 || r.off < math.MinInt16 || r.off > math.MaxInt16-scaleContexts {
		return 0
	}
	c := C.dits_scale{mant: C.int32_t(r.mant), mask: C.int32_t(r.mask), bias: C.int32_t(r.bias), step: C.int32_t(r.step), off: C.int32_t(r.off)}
	C.dits_contexts(u16(ctx), i16(v), u16(p), C.int64_t(n), &c)
	return n
}

// tables sets tab to the tables of contexts below 64 and returns their number.
func (k kernel) tables(tab []uint8, ctx []uint16, m *[scaleContexts]uint8) int {
	n := min(len(tab), len(ctx)) &^ 31
	if k.use() == kernelGo || n == 0 {
		return 0
	}
	C.dits_map(u8(tab), u16(ctx), C.int64_t(n), u8(m[:]))
	return n
}

// classify sets the classes of elements x with predictions p, writes their raw
// bits, and returns how many it did. w has room for all.
func (k kernel) classify(w *bitWriter, tok []uint8, x, p []uint16, float uint16) int {
	n := min(len(tok), len(x), len(p)) &^ 15
	if k.use() == kernelGo || n == 0 || w.pos+2*n+8 > len(w.buf) {
		return 0
	}
	b := C.dits_bits{pos: C.int64_t(w.pos), acc: C.uint64_t(w.acc), n: C.uint64_t(w.n)}
	n = int(C.dits_classify(&b, u8(w.buf), u8(tok), u16(x), u16(p), C.int64_t(n), C.uint16_t(float)))
	w.pos, w.acc, w.n = int(b.pos), uint64(b.acc), uint(b.n)
	return n
}

// declassify sets z to elements from their classes, all below 64, raw bits and
// predictions, and returns how many it did: the raw bits may end.
func (k kernel) declassify(r *bitReader, z []uint16, tok []uint8, p []uint16, float uint16) int {
	n := min(len(z), len(tok), len(p)) &^ 15
	if k.use() == kernelGo || n == 0 || r.pos > math.MaxInt64 {
		return 0
	}
	b := C.dits_bits{pos: C.int64_t(r.pos)}
	n = int(C.dits_declassify(&b, u8(r.in), C.int64_t(len(r.in)), u16(z), u8(tok), u16(p), C.int64_t(n), C.uint16_t(float)))
	r.pos = uint(b.pos)
	return n
}

// readDelta decodes symbols of the tables tab, all below 64, and sets z to
// their elements; it returns how many it did, whole rounds: words or raw bits may end.
func (k kernel) readDelta(r *ransReader, s *slots, raw *bitReader, z []uint16, tab []uint8, p []uint16, float uint16) int {
	n := min(len(z), len(tab), len(p))
	if !k.codes(r.lanes) || n == 0 || r.end+ransPad > len(r.in) || raw.pos > math.MaxInt64 {
		return 0
	}
	src := C.dits_source{lanes: C.int64_t(r.lanes), pos: C.int64_t(r.pos), end: C.int64_t(r.end), raw: C.int64_t(raw.pos), len: C.int64_t(len(raw.in))}
	state, slot := (*C.uint32_t)(unsafe.Pointer(&r.state[0])), (*C.uint32_t)(unsafe.Pointer(&s[0]))
	if k.use() == kernelAVX512 {
		n = int(C.dits_delta_read_avx512(&src, state, u8(r.in), slot, u8(raw.in), u16(z), u8(tab), u16(p), C.int64_t(n), C.uint16_t(float)))
	} else {
		spread := (*C.uint64_t)(unsafe.Pointer(&spreadWords[0]))
		n = int(C.dits_delta_read_avx2(&src, state, u8(r.in), slot, spread, u8(raw.in), u16(z), u8(tab), u16(p), C.int64_t(n), C.uint16_t(float)))
	}
	r.pos, raw.pos = int(src.pos), uint(src.raw)
	return n
}
