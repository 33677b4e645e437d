//go:build cgo

package entropy

/*
#cgo noescape dits_classify_avx512
#cgo nocallback dits_classify_avx512
#cgo noescape dits_classify_avx2
#cgo nocallback dits_classify_avx2
#cgo noescape dits_declassify_avx512
#cgo nocallback dits_declassify_avx512
#cgo noescape dits_declassify_avx2
#cgo nocallback dits_declassify_avx2
#cgo noescape dits_delta_read_avx512
#cgo nocallback dits_delta_read_avx512
#cgo noescape dits_delta_read_avx2
#cgo nocallback dits_delta_read_avx2
#cgo noescape dits_fields_avx512
#cgo nocallback dits_fields_avx512
#cgo noescape dits_fields_avx2
#cgo nocallback dits_fields_avx2
#include "kernel.h"
*/
import "C"

import (
	"math"
	"unsafe"

	"dits/cpu"
)

// classify sets the classes of elements x of 2 bytes with predictions p, writes their raw
// bits, and returns how many it did. w has room for all.
func (k kernel) classify(w *BitWriter, tok []uint8, x, p []byte, float uint16) int {
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
func (k kernel) declassify(r *BitReader, z []byte, tok []uint8, p []byte, float uint16) int {
	n := min(len(z)/2, len(tok), len(p)/2) &^ 15
	if k.use() == cpu.Go || n == 0 || r.Pos > math.MaxInt64 {
		return 0
	}
	b := C.dits_bits{pos: C.int64_t(r.Pos)}
	if k.use() == cpu.AVX512 {
		n = int(C.dits_declassify_avx512(&b, u8(r.In), C.int64_t(len(r.In)), bytes16(z), u8(tok), bytes16(p), C.int64_t(n), C.uint16_t(float)))
	} else {
		n = int(C.dits_declassify_avx2(&b, u8(r.In), C.int64_t(len(r.In)), bytes16(z), u8(tok), bytes16(p), C.int64_t(n), C.uint16_t(float)))
	}
	r.Pos = uint(b.pos)
	return n
}

// readDelta decodes symbols of the tables tab, all below 64, and sets z to
// their elements; it returns how many it did, whole rounds: words or raw bits may end.
func (k kernel) readDelta(d *Decoder, raw *BitReader, z []byte, tab []uint8, p []byte, float uint16) int {
	r, n := &d.rans, min(len(z)/2, len(tab), len(p)/2)
	if !k.codes(r.lanes) || n == 0 || r.end+ransPad > len(r.in) || raw.Pos > math.MaxInt64 {
		return 0
	}
	src := C.dits_source{lanes: C.int64_t(r.lanes), bits: C.int64_t(r.bits), pos: C.int64_t(r.pos), end: C.int64_t(r.end), raw: C.int64_t(raw.Pos), len: C.int64_t(len(raw.In))}
	state, slot := (*C.uint32_t)(unsafe.Pointer(&r.state[0])), (*C.uint32_t)(unsafe.Pointer(&d.slots[0]))
	if k.use() == cpu.AVX512 && r.lanes >= 32 {
		n = int(C.dits_delta_read_avx512(&src, state, u8(r.in), slot, u8(raw.In), bytes16(z), u8(tab), bytes16(p), C.int64_t(n), C.uint16_t(float)))
	} else {
		spread := (*C.uint64_t)(unsafe.Pointer(&spreadWords[0]))
		n = int(C.dits_delta_read_avx2(&src, state, u8(r.in), slot, spread, u8(raw.In), bytes16(z), u8(tab), bytes16(p), C.int64_t(n), C.uint16_t(float)))
	}
	r.pos, raw.Pos = int(src.pos), uint(src.raw)
	return n
}

// assemble sets z to elements of 2 bytes: what base, 256 of them, has for each symbol, and the raw bits, which
// lie where own has ones. Where there are leans it turns the signs of elements whose lean is negative.
// It returns how many it did: the raw bits may end.
func (k kernel) assemble(r *BitReader, z []byte, tok []uint8, base []byte, lean []int8, own uint16) int {
	n := min(len(z)/2, len(tok)) &^ 31
	if k.use() == cpu.Go || n == 0 || len(base) < 2*MaxSymbols || lean != nil && len(lean) < n || r.Pos > math.MaxInt64 {
		return 0
	}
	pos := C.int64_t(r.Pos)
	if k.use() == cpu.AVX512 {
		n = int(C.dits_fields_avx512(&pos, u8(r.In), C.int64_t(len(r.In)), bytes16(z), u8(tok), bytes16(base), i8(lean), C.int64_t(n), C.uint16_t(own)))
	} else {
		n = int(C.dits_fields_avx2(&pos, u8(r.In), C.int64_t(len(r.In)), bytes16(z), u8(tok), bytes16(base), i8(lean), C.int64_t(n), C.uint16_t(own)))
	}
	r.Pos = uint(pos)
	return n
}
