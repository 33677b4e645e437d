package entropy

// The coder of side information in many small integers: tables, activities. Each is coded in a
// context that both sides know, with rANS (rans.go) in one lane, since what context comes next
// depends on the number before. The distribution of a context is a peak, of which 12 bits tell
// the form when the context is first used. Learning it bit by bit, as bin.go does, saves no
// more than those bits and takes several times as long to read.

const (
	smallContexts = 16 // contexts of a section
	smallSymbols  = 64 // smallNone, v + smallZero for v within ±smallMost, smallEscape
	smallZero     = 32
	smallMost     = 30
	smallNone     = 0 // no number
	smallUnused   = 1
	smallEscape   = smallSymbols - 1 // followed by 16 bits
)

// Nothing is what stands for no number.
const Nothing = 1 << 16

// A peak is the form of a distribution around zero, 12 bits. The low four say how many half
// octaves ±1 is less frequent than 0, the next how many eighths of an octave, less one, each
// number beyond is less frequent than the one before, the highest how many octaves, less eight,
// none is less frequent than 0; with 15 there is always one.
type peak uint16

const peakBits = 12

const (
	peakEscape = MaxLevel - 8*LevelSteps  // level of escapes
	peakLowest = MaxLevel - 11*LevelSteps // what would be rarer escapes
)

// fill makes the table of p. A zero takes a hundredth of a bit at the least, so that what a
// reader puts out is bounded by its input.
func (p peak) fill(t *Table) {
	drop, slope, none := 2*int(p&15), int(p>>4&15)+1, LevelSteps*(int(p>>8&15)-8)
	top := MaxLevel + min(none, 0)
	t.Level[smallZero] = uint8(top)
	t.Level[smallUnused] = 0
	for k := 1; k <= smallMost; k++ {
		l := top - drop - (k-1)*slope/2
		if l < peakLowest {
			l = 0
		}
		t.Level[smallZero-k], t.Level[smallZero+k] = uint8(l), uint8(l)
	}
	t.Level[smallNone] = uint8(MaxLevel - max(none, 0))
	if p>>8 == 15 {
		t.Level[smallNone] = 0
	}
	t.Level[smallEscape] = peakEscape
	t.spread(smallSymbols, coarse)
}

// peakOf is about the best peak for counts of symbols: a geometric distribution of what is
// beyond zero with the mean of the counts.
func peakOf(counts *[smallSymbols]uint32) peak {
	var more, sum uint32
	for k := 1; k <= smallMost; k++ {
		n := counts[smallZero-k] + counts[smallZero+k]
		more += n
		sum += n * uint32(k-1)
	}
	const octave = int64(1) << 16
	zero, absent := int64(Log2(counts[smallZero])), peak(15)
	// A step beyond ±1 keeps sum/(sum+more) of what is left; ±1 has the rest, half on each side.
	slope, ones := int64(16), int64(0)
	if more > 0 {
		slope = (8*int64(Log2(sum+more)-Log2(max(sum, 1))) + octave/2) / octave
		ones = 2*int64(Log2(more)) - int64(Log2(sum+more)) - octave
	}
	if n := counts[smallNone]; n > 0 {
		x := (max(zero, ones) - int64(Log2(n)) + octave/2) >> 16
		absent = peak(8 + min(max(x, -8), 6))
	}
	drop := (2*(zero-ones) + octave/2) >> 16
	return peak(min(max(drop, 0), 15)) | peak(min(max(slope, 1), 16)-1)<<4 | absent<<8
}
