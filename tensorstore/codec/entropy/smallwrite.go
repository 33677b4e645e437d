package entropy

import (
	"encoding/binary"
	"sync"
)

// A smallOp is a step of a section: a number in the low 16 bits and its context above it, or
// one of the others.
type smallOp uint32

const (
	opPeak smallOp = 1 << 31 // the form of the context comes here
	opNone smallOp = 1 << 30 // no number
)

// A SmallWriter gathers small integers and then codes them, the last first.
type SmallWriter struct {
	ops    []smallOp
	counts [smallContexts][smallSymbols]uint32
	used   uint32 // contexts, a bit each
	peaks  [smallContexts]peak
	syms   [smallContexts * smallSymbols]ransSym
	table  Table
	words  []uint16 // the last first
}

var smallWriters = sync.Pool{New: func() any { return new(SmallWriter) }}

// NewSmallWriter returns an empty writer; its close gives it back.
func NewSmallWriter() *SmallWriter {
	w := smallWriters.Get().(*SmallWriter)
	w.ops, w.words, w.used = w.ops[:0], w.words[:0], 0
	return w
}

// Put adds v, which has 16 bits or is nothing, in a context.
func (w *SmallWriter) Put(context, v int) {
	if w.used>>context&1 == 0 {
		w.used |= 1 << context
		w.counts[context] = [smallSymbols]uint32{}
		w.ops = append(w.ops, opPeak|smallOp(context)<<16)
	}
	op := smallOp(context)<<16 | smallOp(uint16(v))
	switch {
	case v == Nothing:
		w.counts[context][smallNone]++
		op |= opNone
	case v >= -smallMost && v <= smallMost:
		w.counts[context][v+smallZero]++
	}
	w.ops = append(w.ops, op)
}

// Close appends the section to dst: the state, then words. w must not be used after it.
func (w *SmallWriter) Close(dst []byte) []byte {
	defer smallWriters.Put(w)
	for c := range smallContexts {
		if w.used>>c&1 == 1 {
			w.fill(c)
		}
	}
	x := uint32(ransLow)
	for i := len(w.ops) - 1; i >= 0; i-- {
		op := w.ops[i]
		switch context := int(op >> 16 & (smallContexts - 1)); {
		case op&opPeak != 0:
			x = w.room(x, 32-peakBits)<<peakBits | uint32(w.peaks[context])
		case op&opNone != 0:
			x = w.symbol(x, context, smallNone)
		default:
			x = w.number(x, context, int16(op))
		}
	}
	dst = binary.LittleEndian.AppendUint32(dst, x)
	for i := len(w.words) - 1; i >= 0; i-- {
		dst = binary.LittleEndian.AppendUint16(dst, w.words[i])
	}
	return dst
}

// number is the state x with v coded.
func (w *SmallWriter) number(x uint32, context int, v int16) uint32 {
	if v >= -smallMost && v <= smallMost {
		if sym := int(v) + smallZero; w.syms[context*smallSymbols+sym].max > 0 {
			return w.symbol(x, context, sym)
		}
	}
	x = w.room(x, 16)<<16 | uint32(uint16(v))
	return w.symbol(x, context, smallEscape)
}

// symbol is the state x with a symbol coded.
func (w *SmallWriter) symbol(x uint32, context, sym int) uint32 {
	e := &w.syms[context*smallSymbols+sym]
	if x >= e.max {
		x = w.room(x, 0)
	}
	q := uint32(uint64(x) * e.rcp >> (32 + coarse))
	return x + uint32(e.start) + q*uint32(e.comp)
}

// room moves a word out of a state of more than n bits.
func (w *SmallWriter) room(x uint32, n uint) uint32 {
	if x>>n == 0 {
		return x
	}
	w.words = append(w.words, uint16(x))
	return x >> 16
}

// fill makes what coding in a context needs.
func (w *SmallWriter) fill(context int) {
	p := peakOf(&w.counts[context])
	w.peaks[context] = p
	p.fill(&w.table)
	start := uint32(0)
	for sym, f := range w.table.Freq[:smallSymbols] {
		e := &w.syms[context*smallSymbols+sym]
		if e.max = 0; f > 0 {
			e.set(start, uint32(f), coarse)
		}
		start += uint32(f)
	}
}
