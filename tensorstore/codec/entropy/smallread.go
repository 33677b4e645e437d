package entropy

import (
	"encoding/binary"
	"sync"

	"dits/cpu"
)

// A SmallReader reads what a [SmallWriter] wrote. Beyond the end it reads zeros; over tells.
type SmallReader struct {
	level cpu.Level
	in    []byte
	pos   int // next word; more than the length when words were missing
	state uint32
	known uint32 // contexts whose slots are made, a bit each
	slots [smallContexts << coarse]uint32
	table Table
}

var smallReaders = sync.Pool{New: func() any { return new(SmallReader) }}

// NewSmallReader returns a reader of a section; give it back with free.
func NewSmallReader(level cpu.Level, in []byte) *SmallReader {
	r := smallReaders.Get().(*SmallReader)
	r.level, r.in, r.pos, r.known, r.state = level, in, 4, 0, 0
	if len(in) >= 4 {
		r.state = binary.LittleEndian.Uint32(in)
	}
	return r
}

func (r *SmallReader) Free() {
	r.in = nil
	smallReaders.Put(r)
}

// Over reports that more was read than there is.
func (r *SmallReader) Over() bool { return r.pos > len(r.in) }

// Done reports that all was read, down to where the writer began.
func (r *SmallReader) Done() bool { return r.pos == len(r.in) && r.state == ransLow }

// Get reads the next number, of a context; nothing if it is none.
func (r *SmallReader) Get(context int) int {
	if r.known>>context&1 == 0 {
		r.learn(context)
	}
	x := r.state
	e := r.slots[(uint32(context)<<coarse|x&(1<<coarse-1))&(smallContexts<<coarse-1)]
	r.renew((e>>12&0xfff)*(x>>coarse) + e&0xfff)
	sym := int(e >> 24)
	if sym != smallEscape && sym != smallNone {
		return sym - smallZero
	}
	if sym == smallNone {
		return Nothing
	}
	x = r.state
	r.renew(x >> 16)
	return int(int16(x))
}

// renew sets the state to x with a word, where x needs one.
func (r *SmallReader) renew(x uint32) {
	if x < ransLow {
		x <<= 16
		if r.pos+2 <= len(r.in) {
			x |= uint32(binary.LittleEndian.Uint16(r.in[r.pos:]))
		}
		r.pos += 2
	}
	r.state = x
}

// learn reads the form of a context and makes its slots.
func (r *SmallReader) learn(context int) {
	r.known |= 1 << context
	x := r.state
	r.renew(x >> peakBits)
	peak(x & (1<<peakBits - 1)).fill(&r.table)
	at := r.slots[context<<coarse:][:1<<coarse]
	if kernel(r.level).slots(at, r.table.Freq[:smallSymbols]) {
		return
	}
	for sym, f := range r.table.Freq[:smallSymbols] {
		e := uint32(sym)<<24 | uint32(f)<<12
		for i := range at[:f] {
			at[i] = e | uint32(i)
		}
		at = at[f:]
	}
}
