package entropy

import (
	"encoding/binary"
	"errors"
	"slices"
)

// Escape is the number of all symbols without one, when there are more than 256.
const Escape = MaxSymbols - 1

// maxSymbolBits is the width of the widest symbol: that of F64.
const maxSymbolBits = 14

// A SymbolSet numbers the symbols that occur in a chunk, in their order.
type SymbolSet struct {
	N       int                // numbers given, the escape included
	Escapes bool               // the last number stands for all others
	Symbol  [MaxSymbols]uint16 // by number
	numbers [1 << maxSymbolBits]uint8
	counts  [1 << maxSymbolBits]uint32
}

func (t *SymbolSet) Reset(bits uint) { clear(t.counts[:1<<bits]) }

// Count counts symbols.
func (t *SymbolSet) Count(wide []uint16) {
	for _, w := range wide {
		t.counts[w&(1<<maxSymbolBits-1)]++
	}
}

// Choose gives numbers to the symbols counted; when there are too many, to the
// most frequent.
func (t *SymbolSet) Choose(bits uint) {
	var used []uint16
	for w, c := range t.counts[:1<<bits] {
		if c > 0 {
			used = append(used, uint16(w))
		}
	}
	if len(used) > MaxSymbols {
		slices.SortStableFunc(used, func(a, b uint16) int { return int(t.counts[b]) - int(t.counts[a]) })
		for _, w := range used[Escape:] {
			t.numbers[w] = Escape
		}
		used = used[:Escape]
		slices.Sort(used)
		t.Escapes, t.N = true, MaxSymbols
	} else {
		t.Escapes, t.N = false, len(used)
	}
	for i, w := range used {
		t.Symbol[i], t.numbers[w] = w, uint8(i)
	}
}

// Number sets tok to the numbers of symbols.
func (t *SymbolSet) Number(tok []uint8, wide []uint16) {
	wide = wide[:len(tok)]
	for i, w := range wide {
		tok[i] = t.numbers[w&(1<<maxSymbolBits-1)]
	}
}

// Append appends the set: a length, then in adaptive binary code whether there
// is an escape, the first and last symbol, and for each between them whether it has a number.
func (t *SymbolSet) Append(dst []byte, bits uint) []byte {
	w := newBinWriter(nil)
	n, esc := t.N, 0
	if t.Escapes {
		n, esc = n-1, 1
	}
	w.bits(uint64(esc), 1)
	w.bits(uint64(t.Symbol[0]), bits)
	w.bits(uint64(t.Symbol[n-1]), bits)
	var m [2]bit
	last := 1
	at := t.Symbol[0]
	for _, s := range t.Symbol[1:max(n-1, 1)] {
		for at++; at < s; at++ {
			w.bit(&m[last], 0)
			last = 0
		}
		w.bit(&m[last], 1)
		last = 1
	}
	for at++; n > 1 && at < t.Symbol[n-1]; at++ {
		w.bit(&m[last], 0)
		last = 0
	}
	out := w.close()
	return append(binary.AppendUvarint(dst, uint64(len(out))), out...)
}

var errSymbols = errors.New("bad set of symbols")

// Read reads what append wrote and returns what follows it.
func (t *SymbolSet) Read(in []byte, bits uint) ([]byte, error) {
	sec, rest, ok := CutSection(in)
	if !ok {
		return nil, ErrShort
	}
	r := newBinReader(sec)
	t.Escapes = r.bits(1) == 1
	first, end := r.bits(bits), r.bits(bits)
	limit := MaxSymbols
	if t.Escapes {
		limit--
	}
	if first > end {
		return nil, errSymbols
	}
	var m [2]bit
	last := 1
	t.Symbol[0], t.N = uint16(first), 1
	for s := first + 1; s <= end; s++ {
		if s < end {
			last = r.bit(&m[last])
		} else {
			last = 1
		}
		if last == 0 {
			continue
		}
		if t.N == limit {
			return nil, errSymbols
		}
		t.Symbol[t.N] = uint16(s)
		t.N++
	}
	if t.Escapes {
		t.N = MaxSymbols
	}
	if !r.done() {
		return nil, errSymbols
	}
	return rest, nil
}
