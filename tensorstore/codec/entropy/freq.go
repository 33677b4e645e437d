package entropy

// Symbol frequencies are kept as levels: the logarithm of the probability in
// quarter octaves. That is as fine as they need to be: half a step too much or
// too little costs 0.002 bits a symbol, and a finer step costs more in the table.

const (
	LevelSteps = 4                 // levels to the octave
	MaxLevel   = 12*LevelSteps + 1 // probability 1; level 1 is 2^-12, level 0 never occurs
	MaxSymbols = 256               // symbols of a table
	maxTables  = 32                // tables of a chunk
)

// levelWeight is the weight of each level: 2^((level-1)/4) in 1/256.
var levelWeight = makeLevelWeight()

func makeLevelWeight() (w [MaxLevel + 1]uint32) {
	quarter := [LevelSteps]uint32{256, 304, 362, 431} // 256 times 2^(i/4)
	for l := 1; l <= MaxLevel; l++ {
		w[l] = quarter[(l-1)%LevelSteps] << ((l - 1) / LevelSteps)
	}
	return w
}

// levelOf is the level nearest to a probability of count in total, at least 1
// for what occurs.
func levelOf(count, total uint32) uint8 {
	if count == 0 {
		return 0
	}
	l := int64(Log2(count)) - int64(Log2(total)) + 12<<16
	l = (l*LevelSteps + 1<<15) >> 16
	return uint8(min(max(l, 0)+1, MaxLevel))
}

// A Table has the frequencies of symbols in one context, out of a power of two.
type Table struct {
	Level [MaxSymbols]uint8
	Freq  [MaxSymbols]uint16
}

// TableBits is the precision of frequencies that Spread gives: they are out of 1<<TableBits.
const TableBits = uint(fine)

// Spread sets the frequencies of n symbols from their levels, as [Encoder.SetTable] takes them: each that occurs gets at
// least 1. It reports whether that can be done.
func (t *Table) Spread(n int) bool { return t.spread(n, fine) }

// spread sets freq from level for n symbols: each that occurs gets at least 1,
// their sum is at most 1<<bits, and none has all of it. It reports whether that can be done.
func (t *Table) spread(n int, bits precision) bool {
	var total uint64
	used, top := 0, 0
	for s, l := range t.Level[:n] {
		total += uint64(levelWeight[l])
		if l > 0 {
			used++
		}
		if l > t.Level[top] {
			top = s
		}
	}
	room := uint64(1) << bits
	if used == 1 {
		room-- // the rest stays unused, so that a frequency fits 12 bits
	}
	if total == 0 || uint64(used) > room/2 {
		return false
	}
	var sum uint64
	var known [MaxLevel + 1]uint16 // frequency of each level
	for s, l := range t.Level[:n] {
		f := known[l]
		if f == 0 && l > 0 {
			f = uint16(max((uint64(levelWeight[l])*room+total/2)/total, 1))
			known[l] = f
		}
		t.Freq[s] = f
		sum += uint64(f)
	}
	return t.settle(n, top, int64(room)-int64(sum))
}

// settle adds what rounding left over to the most frequent symbol, or takes it
// from the frequent ones.
func (t *Table) settle(n, top int, left int64) bool {
	if f := int64(t.Freq[top]) + left; f >= 1 {
		t.Freq[top] = uint16(f)
		return true
	}
	left += int64(t.Freq[top]) - 1
	t.Freq[top] = 1
	for s := range t.Freq[:n] {
		if f := int64(t.Freq[s]); f > 1 && left < 0 {
			d := min(f-1, -left)
			t.Freq[s] -= uint16(d)
			left += d
		}
	}
	return left == 0
}
