//go:build cgo

package codec

/*
#cgo noescape dits_contexts_avx512
#cgo nocallback dits_contexts_avx512
#cgo noescape dits_contexts_avx2
#cgo nocallback dits_contexts_avx2
#cgo noescape dits_tables_avx512
#cgo nocallback dits_tables_avx512
#cgo noescape dits_lean_tables
#cgo nocallback dits_lean_tables
#include "kernel.h"
*/
import "C"

import (
	"math"

	"dits/cpu"
	"dits/tensorstore/codec/entropy"
)

// scale is the rule for contexts of n elements from at on; it reports whether they
// are all in the matrix and in reach of 16 bits.
func (r *scaleRule) scale(e *expectation, at, n int) (s C.dits_scale, ok bool) {
	if r.off < math.MinInt16 || r.off > math.MaxInt16-entropy.SizeContexts {
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

// contextTables is contexts and then d.Tables; ctx is scratch.
func (k kernel) contextTables(tab []uint8, ctx []uint16, e *expectation, p []byte, at int, r *scaleRule, d *entropy.Decoder) int {
	if k.use() != cpu.AVX512 {
		n := k.contexts(ctx[:len(tab)], e, p, at, r)
		d.Tables(tab[:n], ctx[:n])
		return n
	}
	n := min(len(tab), len(p)/2) &^ 31
	if n == 0 {
		return 0
	}
	s, ok := r.scale(e, at, n)
	if !ok {
		return 0
	}
	row, col := e.act.scales()
	C.dits_tables_avx512(u8(tab), bytes16(p), C.int64_t(n), i16(row), i16(col), &s, u8(d.Map()[:]))
	return n
}

// leanTables adds to contexts below SizeContexts what leans say, sets tab to their tables and returns their
// number.
func (k kernel) leanTables(tab []uint8, ctx []uint16, lean []int8, m *[entropy.MapLen]uint8) int {
	n := min(len(tab), len(ctx), len(lean))
	if k.use() == cpu.Go || n == 0 {
		return 0
	}
	C.dits_lean_tables(u8(tab), u16(ctx), i8(lean), C.int64_t(n), u8(m[:]))
	return n
}
