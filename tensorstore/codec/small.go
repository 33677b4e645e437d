package codec

import "math/bits"

// The coder of side information in many small integers: tables, activities. Each is coded in a
// context that both sides know, with rANS (rans.go) in one lane, since what context comes next
// depends on the number before. The distribution of a context is a peak, of which a byte tells
// the form when the context is first used. Learning it bit by bit, as bin.go does, saves no
// more than those bytes and takes five times as long to read.

const (
	smallContexts = 16 // contexts of a section
	smallSymbols  = 32 // v + smallMost for v within ±smallMost, and smallEscape
	smallMost     = 15
	smallEscape   = smallSymbols - 1 // followed by 16 bits
)

// A peak is the form of a distribution around zero: in the low four bits how many half octaves
// ±1 is less frequent than 0, in the others how many eighths of an octave, less one, each
// number beyond is less frequent than the one before.
type peak uint8

const (
	peakEscape = maxLevel - 8*levelSteps  // level of escapes
	peakLowest = maxLevel - 11*levelSteps // what would be rarer escapes
)

// fill makes the table of p. A zero takes a hundredth of a bit at the least, so that what a
// reader puts out is bounded by its input.
func (p peak) fill(t *table) {
	drop, slope := 2*int(p&15), int(p>>4)+1
	t.level[smallMost] = maxLevel
	for k := 1; k <= smallMost; k++ {
		l := maxLevel - drop - (k-1)*slope/2
		if l < peakLowest {
			l = 0
		}
		t.level[smallMost-k], t.level[smallMost+k] = uint8(l), uint8(l)
	}
	t.level[smallEscape] = peakEscape
	t.spread(smallSymbols, coarse)
}

// peakOf is about the best peak for counts of symbols: a geometric distribution of what is
// beyond zero with the mean of the counts.
func peakOf(counts *[smallSymbols]uint32) peak {
	var more, sum uint32
	for k := 1; k <= smallMost; k++ {
		n := counts[smallMost-k] + counts[smallMost+k]
		more += n
		sum += n * uint32(k-1)
	}
	zero := counts[smallMost]
	if more == 0 {
		return peak(min(bits.Len32(zero)*2, 15)) | 15<<4
	}
	// A step beyond ±1 keeps sum/(sum+more) of what is left; ±1 has the rest, half on each side.
	octave := int64(1) << 16
	slope := (8*int64(log2(sum+more)-log2(max(sum, 1))) + octave/2) / octave
	drop := int64(log2(2*zero)) + int64(log2(sum+more)) - 2*int64(log2(more))
	drop = (2*drop + octave/2) / octave
	return peak(min(max(drop, 0), 15)) | peak(min(max(slope, 1), 16)-1)<<4
}
