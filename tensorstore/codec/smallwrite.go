package codec

import (
	"encoding/binary"
	"sync"
)

// A smallOp is a step of a section: a symbol below 1<<8 and its context above it, or one of
// the other kinds.
type smallOp uint32

const (
	opPeak smallOp = 1 << 30 // the form of a context
	opRaw  smallOp = 1 << 31 // 16 bits
)

// A smallWriter gathers small integers and then codes them, the last first.
type smallWriter struct {
	ops    []smallOp
	counts [smallContexts][smallSymbols]uint32
	used   uint32 // contexts, a bit each
	peaks  [smallContexts]peak
	syms   [smallContexts * smallSymbols]ransSym
	table  table
	words  []uint16 // the last first
}

var smallWriters = sync.Pool{New: func() any { return new(smallWriter) }}

// newSmallWriter returns an empty writer; its close gives it back.
func newSmallWriter() *smallWriter {
	w := smallWriters.Get().(*smallWriter)
	w.ops, w.words, w.used = w.ops[:0], w.words[:0], 0
	return w
}

// put adds v, which has 16 bits, in a context.
func (w *smallWriter) put(context, v int) {
	if w.used>>context&1 == 0 {
		w.used |= 1 << context
		w.counts[context] = [smallSymbols]uint32{}
		w.ops = append(w.ops, opPeak|smallOp(context))
	}
	sym := smallOp(smallEscape)
	if v >= -smallMost && v <= smallMost {
		sym = smallOp(v + smallMost)
	}
	w.counts[context][sym]++
	w.ops = append(w.ops, smallOp(context)<<8|sym)
	if sym == smallEscape {
		w.ops = append(w.ops, opRaw|smallOp(uint16(v)))
	}
}

// close appends the section to dst: the state, then words. w must not be used after it.
func (w *smallWriter) close(dst []byte) []byte {
	defer smallWriters.Put(w)
	for c := range smallContexts {
		if w.used>>c&1 == 1 {
			w.fill(c)
		}
	}
	x := uint32(ransLow)
	for i := len(w.ops) - 1; i >= 0; i-- {
		switch op := w.ops[i]; {
		case op&opRaw != 0:
			x = w.room(x, 16)<<16 | uint32(uint16(op))
		case op&opPeak != 0:
			x = w.room(x, 24)<<8 | uint32(w.peaks[op&(smallContexts-1)])
		default:
			e := &w.syms[uint32(op>>8)*smallSymbols+uint32(op&0xff)]
			if x >= e.max {
				x = w.room(x, 0)
			}
			q := uint32(uint64(x) * e.rcp >> (32 + coarse))
			x += uint32(e.start) + q*uint32(e.comp)
		}
	}
	dst = binary.LittleEndian.AppendUint32(dst, x)
	for i := len(w.words) - 1; i >= 0; i-- {
		dst = binary.LittleEndian.AppendUint16(dst, w.words[i])
	}
	return dst
}

// room moves a word out of a state of more than n bits.
func (w *smallWriter) room(x uint32, n uint) uint32 {
	if x>>n == 0 {
		return x
	}
	w.words = append(w.words, uint16(x))
	return x >> 16
}

// fill makes what coding in a context needs.
func (w *smallWriter) fill(context int) {
	p := peakOf(&w.counts[context])
	w.peaks[context] = p
	p.fill(&w.table)
	start := uint32(0)
	for sym, f := range w.table.freq[:smallSymbols] {
		if f > 0 {
			w.syms[context*smallSymbols+sym].set(start, uint32(f), coarse)
		}
		start += uint32(f)
	}
}
