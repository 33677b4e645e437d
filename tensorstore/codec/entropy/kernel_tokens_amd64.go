//go:build cgo

package entropy

/*
#cgo noescape dits_slots
#cgo nocallback dits_slots
#cgo noescape dits_rans_read_avx512
#cgo nocallback dits_rans_read_avx512
#cgo noescape dits_rans_read_avx2
#cgo nocallback dits_rans_read_avx2
#cgo noescape dits_rans_write_avx512
#cgo nocallback dits_rans_write_avx512
#cgo noescape dits_rans_write_avx2
#cgo nocallback dits_rans_write_avx2
#cgo noescape dits_count
#cgo nocallback dits_count
#cgo noescape dits_map
#cgo nocallback dits_map
#include "kernel.h"
*/
import "C"

import (
	"unsafe"

	"dits/cpu"
)

// slots is slots.fill; it reports whether it did it.
func (k kernel) slots(part []uint32, freq []uint16) bool {
	if k.use() == cpu.Go || len(part) != 1<<coarse && len(part) != 1<<fine || len(freq) == 0 || len(freq) > MaxSymbols {
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
func (k kernel) ransWrite(st *[MaxLanes]uint32, lanes int, bits precision, words []uint16, p int, s *ransPairs, tok, tab []uint8) (int, bool) {
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
