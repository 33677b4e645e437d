package codec

import (
	"encoding/binary"
	"errors"
	"slices"
)

// escape is the number of all symbols without one, when there are more than 256.
const escape = maxSymbols - 1

// maxSymbolBits is the width of the widest symbol: that of F64.
const maxSymbolBits = 14

// A symbolSet numbers the symbols that occur in a chunk, in their order.
type symbolSet struct {
	n       int                // numbers given, the escape included
	escapes bool               // the last number stands for all others
	symbol  [maxSymbols]uint16 // by number
	numbers [1 << maxSymbolBits]uint8
	counts  [1 << maxSymbolBits]uint32
}

func (t *symbolSet) reset(bits uint) { clear(t.counts[:1<<bits]) }

// count counts symbols.
func (t *symbolSet) count(wide []uint16) {
	for _, w := range wide {
		t.counts[w&(1<<maxSymbolBits-1)]++
	}
}

// choose gives numbers to the symbols counted; when there are too many, to the
// most frequent.
func (t *symbolSet) choose(bits uint) {
	var used []uint16
	for w, c := range t.counts[:1<<bits] {
		if c > 0 {
			used = append(used, uint16(w))
		}
	}
	if len(used) > maxSymbols {
		slices.SortStableFunc(used, func(a, b uint16) int { return int(t.counts[b]) - int(t.counts[a]) })
		for _, w := range used[escape:] {
			t.numbers[w] = escape
		}
		used = used[:escape]
		slices.Sort(used)
		t.escapes, t.n = true, maxSymbols
	} else {
		t.escapes, t.n = false, len(used)
	}
	for i, w := range used {
		t.symbol[i], t.numbers[w] = w, uint8(i)
	}
}

// number sets tok to the numbers of symbols.
func (t *symbolSet) number(tok []uint8, wide []uint16) {
	wide = wide[:len(tok)]
	for i, w := range wide {
		tok[i] = t.numbers[w&(1<<maxSymbolBits-1)]
	}
}

// append appends the set: a length, then in adaptive binary code whether there
// is an escape, the first and last symbol, and for each between them whether it has a number.
func (t *symbolSet) append(dst []byte, bits uint) []byte {
	w := newBinWriter(nil)
	n, esc := t.n, 0
	if t.escapes {
		n, esc = n-1, 1
	}
	w.bits(uint64(esc), 1)
	w.bits(uint64(t.symbol[0]), bits)
	w.bits(uint64(t.symbol[n-1]), bits)
	var m [2]bit
	last := 1
	at := t.symbol[0]
	for _, s := range t.symbol[1:max(n-1, 1)] {
		for at++; at < s; at++ {
			w.bit(&m[last], 0)
			last = 0
		}
		w.bit(&m[last], 1)
		last = 1
	}
	for at++; n > 1 && at < t.symbol[n-1]; at++ {
		w.bit(&m[last], 0)
		last = 0
	}
	out := w.close()
	return append(binary.AppendUvarint(dst, uint64(len(out))), out...)
}

var errSymbols = errors.New("bad set of symbols")

// read reads what append wrote and returns what follows it.
func (t *symbolSet) read(in []byte, bits uint) ([]byte, error) {
	sec, rest, ok := cutLen(in)
	if !ok {
		return nil, errShort
	}
	r := newBinReader(sec)
	t.escapes = r.bits(1) == 1
	first, end := r.bits(bits), r.bits(bits)
	limit := maxSymbols
	if t.escapes {
		limit--
	}
	if first > end {
		return nil, errSymbols
	}
	var m [2]bit
	last := 1
	t.symbol[0], t.n = uint16(first), 1
	for s := first + 1; s <= end; s++ {
		if s < end {
			last = r.bit(&m[last])
		} else {
			last = 1
		}
		if last == 0 {
			continue
		}
		if t.n == limit {
			return nil, errSymbols
		}
		t.symbol[t.n] = uint16(s)
		t.n++
	}
	if t.escapes {
		t.n = maxSymbols
	}
	if !r.done() {
		return nil, errSymbols
	}
	return rest, nil
}
