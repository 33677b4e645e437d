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
#cgo noescape dits_contexts_avx2
#cgo nocallback dits_contexts_avx2
#cgo noescape dits_contexts_avx512
#cgo nocallback dits_contexts_avx512
#cgo noescape dits_tables_avx2
#cgo nocallback dits_tables_avx2
#cgo noescape dits_tables_avx512
#cgo nocallback dits_tables_avx512
#cgo noescape dits_map
#cgo nocallback dits_map
#cgo noescape dits_count
#cgo nocallback dits_count
#cgo noescape dits_classify_avx2
#cgo nocallback dits_classify_avx2
#cgo noescape dits_classify_avx512
#cgo nocallback dits_classify_avx512
#cgo noescape dits_declassify_avx2
#cgo nocallback dits_declassify_avx2
#cgo noescape dits_declassify_avx512
#cgo nocallback dits_declassify_avx512
#cgo noescape dits_delta_read_avx2
#cgo nocallback dits_delta_read_avx2
#cgo noescape dits_delta_read_avx512
#cgo nocallback dits_delta_read_avx512
#cgo noescape dits_fields_avx2
#cgo nocallback dits_fields_avx2
#cgo noescape dits_fields_avx512
#cgo nocallback dits_fields_avx512
#cgo noescape dits_lean_tables
#cgo nocallback dits_lean_tables
#cgo noescape dits_meter_avx2
#cgo nocallback dits_meter_avx2
#cgo noescape dits_meter_avx512
#cgo nocallback dits_meter_avx512
#include "kernel.h"
*/
import "C"

import (
	"math"
	"unsafe"

	"dits/cpu"
)

// machine is the best level whose instructions the processor has.
var machine = cpu.Machine(
	cpu.X86.HasAVX2 && cpu.X86.HasBMI2 && cpu.X86.HasPOPCNT && C.dits_slow_bits() == 0,
	cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512CD,
)

// Lengths below are checked before the call; C relies on them.

func u8(b []uint8) *C.uint8_t    { return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(b))) }
func u16(b []uint16) *C.uint16_t { return (*C.uint16_t)(unsafe.Pointer(unsafe.SliceData(b))) }
func f64(v []float64) *C.double  { return (*C.double)(unsafe.Pointer(unsafe.SliceData(v))) }
func i16(b []int16) *C.int16_t   { return (*C.int16_t)(unsafe.Pointer(unsafe.SliceData(b))) }
func i8(b []int8) *C.int8_t      { return (*C.int8_t)(unsafe.Pointer(unsafe.SliceData(b))) }

// slots is slots.fill; it reports whether it did it.
func (k kernel) slots(part []uint32, freq []uint16) bool {
	if k.use() == cpu.Go || len(part) != 1<<coarse && len(part) != 1<<fine || len(freq) == 0 || len(freq) > maxSymbols {
		return false
	}
	C.dits_slots((*C.uint32_t)(unsafe.Pointer(&part[0])), C.int64_t(len(part)), u16(freq), C.int64_t(len(freq)))
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
	lanes, bits, n, end := C.int64_t(r.lanes), C.int64_t(r.bits), C.int64_t(len(tok)), C.int64_t(r.end)
	pos := C.int64_t(r.pos)
	var done C.int64_t
	if k.use() == cpu.AVX512 && r.lanes >= 16 {
		done = C.dits_rans_read_avx512(state, lanes, bits, u8(r.in), &pos, end, slot, u8(tok), u8(tab), n)
	} else {
		spread := (*C.uint64_t)(unsafe.Pointer(&spreadWords[0]))
		done = C.dits_rans_read_avx2(state, lanes, bits, u8(r.in), &pos, end, slot, spread, u8(tok), u8(tab), n)
	}
	r.pos = int(pos)
	return int(done)
}

// ransWrite codes symbols, whole rounds, with words before p, and returns where
// they begin now. It reports whether it did it.
func (k kernel) ransWrite(st *[maxLanes]uint32, lanes int, bits precision, words []uint16, p int, s *ransPairs, tok, tab []uint8) (int, bool) {
	if !k.codes(lanes) || len(tok)%lanes != 0 || len(tab) < len(tok) || p < len(tok)+ransSlack || p > len(words) {
		return p, false
	}
	state := (*C.uint32_t)(unsafe.Pointer(&st[0]))
	pairs := (*C.uint64_t)(unsafe.Pointer(&s[0]))
	n, at := C.int64_t(len(tok)), C.int64_t(p)
	if k.use() == cpu.AVX512 && lanes >= 16 {
		return int(C.dits_rans_write_avx512(state, C.int64_t(lanes), C.int64_t(bits), u16(words), at, pairs, u8(tok), u8(tab), n)), true
	}
	return int(C.dits_rans_write_avx2(state, C.int64_t(lanes), C.int64_t(bits), u16(words), at, pairs, u8(collectWords[:]), u8(tok), u8(tab), n)), true
}

// scale is the rule for contexts of n elements from at on; it reports whether they
// are all in the matrix and in reach of 16 bits.
func (r *scaleRule) scale(e *expectation, at, n int) (s C.dits_scale, ok bool) {
	if r.off < math.MinInt16 || r.off > math.MaxInt16-SizeContexts {
		return s, false
	}
	s = C.dits_scale{mant: C.int32_t(r.mant), mask: C.int32_t(r.mask), bias: C.int32_t(r.bias), step: C.int32_t(r.step), off: C.int32_t(r.off)}
	a := e.act
	if a == nil {
		s.width = C.int64_t(n)
		return s, true
	}
	pos := e.first + int64(at)
	if pos < 0 || pos+int64(n) > a.rows*a.width || a.row != nil && int64(len(a.row)) < a.rows || a.col != nil && int64(len(a.col)) < a.width {
		return s, false
	}
	s.width, s.i, s.j = C.int64_t(a.width), C.int64_t(pos/a.width), C.int64_t(pos%a.width)
	return s, true
}

// contexts sets contexts of the elements from at on, whose predictions of 2 bytes are p,
// and returns their number.
func (k kernel) contexts(ctx []uint16, e *expectation, p []byte, at int, r *scaleRule) int {
	n := min(len(ctx), len(p)/2) &^ 31
	if k.use() == cpu.Go || n == 0 {
		return 0
	}
	s, ok := r.scale(e, at, n)
	if !ok {
		return 0
	}
	row, col := e.act.scales()
	if k.use() == cpu.AVX512 {
		C.dits_contexts_avx512(u16(ctx), bytes16(p), C.int64_t(n), i16(row), i16(col), &s)
	} else {
		C.dits_contexts_avx2(u16(ctx), bytes16(p), C.int64_t(n), i16(row), i16(col), &s)
	}
	return n
}

// contextTables is contexts and then tables; ctx is scratch.
func (k kernel) contextTables(tab []uint8, ctx []uint16, e *expectation, p []byte, at int, r *scaleRule, m *[tableMapLen]uint8) int {
	n := min(len(tab), len(ctx), len(p)/2) &^ 31
	if k.use() == cpu.Go || n == 0 {
		return 0
	}
	s, ok := r.scale(e, at, n)
	if !ok {
		return 0
	}
	row, col := e.act.scales()
	if k.use() == cpu.AVX512 {
		C.dits_tables_avx512(u8(tab), bytes16(p), C.int64_t(n), i16(row), i16(col), &s, u8(m[:]))
	} else {
		C.dits_tables_avx2(u8(tab), u16(ctx), bytes16(p), C.int64_t(n), i16(row), i16(col), &s, u8(m[:]))
	}
	return n
}

// count adds to h classes below 64 in contexts below 64; it reports whether it did it.
func (k kernel) count(h *histogram, ctx []uint16, tok []uint8) bool {
	if k.use() == cpu.Go || len(ctx) < len(tok) || len(tok) == 0 {
		return false
	}
	C.dits_count((*C.uint32_t)(unsafe.Pointer(h)), u16(ctx), u8(tok), C.int64_t(len(tok)))
	return true
}

// tables sets tab to the tables of contexts below 64 and returns their number.
func (k kernel) tables(tab []uint8, ctx []uint16, m *[SizeContexts]uint8) int {
	n := min(len(tab), len(ctx)) &^ 31
	if k.use() == cpu.Go || n == 0 {
		return 0
	}
	C.dits_map(u8(tab), u16(ctx), C.int64_t(n), u8(m[:]))
	return n
}

// classify sets the classes of elements x of 2 bytes with predictions p, writes their raw
// bits, and returns how many it did. w has room for all.
func (k kernel) classify(w *bitWriter, tok []uint8, x, p []byte, float uint16) int {
	n := min(len(tok), len(x)/2, len(p)/2) &^ 31
	if k.use() == cpu.Go || n == 0 || w.pos+2*n+8 > len(w.buf) {
		return 0
	}
	b := C.dits_bits{pos: C.int64_t(w.pos), acc: C.uint64_t(w.acc), n: C.uint64_t(w.n)}
	if k.use() == cpu.AVX512 {
		n = int(C.dits_classify_avx512(&b, u8(w.buf), u8(tok), bytes16(x), bytes16(p), C.int64_t(n), C.uint16_t(float)))
	} else {
		n = int(C.dits_classify_avx2(&b, u8(w.buf), u8(tok), bytes16(x), bytes16(p), C.int64_t(n), C.uint16_t(float)))
	}
	w.pos, w.acc, w.n = int(b.pos), uint64(b.acc), uint(b.n)
	return n
}

// declassify sets z to elements of 2 bytes from their classes, all below 64, raw bits and
// predictions, and returns how many it did: the raw bits may end.
func (k kernel) declassify(r *bitReader, z []byte, tok []uint8, p []byte, float uint16) int {
	n := min(len(z)/2, len(tok), len(p)/2) &^ 15
	if k.use() == cpu.Go || n == 0 || r.pos > math.MaxInt64 {
		return 0
	}
	b := C.dits_bits{pos: C.int64_t(r.pos)}
	if k.use() == cpu.AVX512 {
		n = int(C.dits_declassify_avx512(&b, u8(r.in), C.int64_t(len(r.in)), bytes16(z), u8(tok), bytes16(p), C.int64_t(n), C.uint16_t(float)))
	} else {
		n = int(C.dits_declassify_avx2(&b, u8(r.in), C.int64_t(len(r.in)), bytes16(z), u8(tok), bytes16(p), C.int64_t(n), C.uint16_t(float)))
	}
	r.pos = uint(b.pos)
	return n
}

// readDelta decodes symbols of the tables tab, all below 64, and sets z to
// their elements; it returns how many it did, whole rounds: words or raw bits may end.
func (k kernel) readDelta(d *Decoder, raw *bitReader, z []byte, tab []uint8, p []byte, float uint16) int {
	r, n := &d.rans, min(len(z)/2, len(tab), len(p)/2)
	if !k.codes(r.lanes) || n == 0 || r.end+ransPad > len(r.in) || raw.pos > math.MaxInt64 {
		return 0
	}
	src := C.dits_source{lanes: C.int64_t(r.lanes), bits: C.int64_t(r.bits), pos: C.int64_t(r.pos), end: C.int64_t(r.end), raw: C.int64_t(raw.pos), len: C.int64_t(len(raw.in))}
	state, slot := (*C.uint32_t)(unsafe.Pointer(&r.state[0])), (*C.uint32_t)(unsafe.Pointer(&d.slots[0]))
	if k.use() == cpu.AVX512 && r.lanes >= 32 {
		n = int(C.dits_delta_read_avx512(&src, state, u8(r.in), slot, u8(raw.in), bytes16(z), u8(tab), bytes16(p), C.int64_t(n), C.uint16_t(float)))
	} else {
		spread := (*C.uint64_t)(unsafe.Pointer(&spreadWords[0]))
		n = int(C.dits_delta_read_avx2(&src, state, u8(r.in), slot, spread, u8(raw.in), bytes16(z), u8(tab), bytes16(p), C.int64_t(n), C.uint16_t(float)))
	}
	r.pos, raw.pos = int(src.pos), uint(src.raw)
	return n
}

// assemble sets z to elements of 2 bytes: what base, 256 of them, has for each symbol, and the raw bits, which
// lie where own has ones. Where there are leans it turns the signs of elements whose lean is negative.
// It returns how many it did: the raw bits may end.
func (k kernel) assemble(r *bitReader, z []byte, tok []uint8, base []byte, lean []int8, own uint16) int {
	n := min(len(z)/2, len(tok)) &^ 31
	if k.use() == cpu.Go || n == 0 || len(base) < 2*maxSymbols || lean != nil && len(lean) < n || r.pos > math.MaxInt64 {
		return 0
	}
	pos := C.int64_t(r.pos)
	if k.use() == cpu.AVX512 {
		n = int(C.dits_fields_avx512(&pos, u8(r.in), C.int64_t(len(r.in)), bytes16(z), u8(tok), bytes16(base), i8(lean), C.int64_t(n), C.uint16_t(own)))
	} else {
		n = int(C.dits_fields_avx2(&pos, u8(r.in), C.int64_t(len(r.in)), bytes16(z), u8(tok), bytes16(base), i8(lean), C.int64_t(n), C.uint16_t(own)))
	}
	r.pos = uint(pos)
	return n
}

// leanTables adds to contexts below SizeContexts what leans say, sets tab to their tables and returns their
// number.
func (k kernel) leanTables(tab []uint8, ctx []uint16, lean []int8, m *[tableMapLen]uint8) int {
	n := min(len(tab), len(ctx), len(lean))
	if k.use() == cpu.Go || n == 0 {
		return 0
	}
	C.dits_lean_tables(u8(tab), u16(ctx), i8(lean), C.int64_t(n), u8(m[:]))
	return n
}

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

// bytes16 is b, whose elements have 2 bytes.
func bytes16(b []byte) *C.uint16_t { return (*C.uint16_t)(unsafe.Pointer(unsafe.SliceData(b))) }
