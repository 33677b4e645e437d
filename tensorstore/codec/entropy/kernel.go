package entropy

import "dits/cpu"

// A kernel says in which instructions the inner loops run. All give the same
// bytes, both ways. The kernels in C are for amd64 and elements of 2 bytes; each
// does the whole vectors of a block, and Go the rest and everything else.
type kernel cpu.Level

// use is the level to run when k is asked for.
func (k kernel) use() cpu.Level { return cpu.Level(k).Use(machine) }

// codes reports that the entropy coder with so many lanes has a kernel.
func (k kernel) codes(lanes int) bool { return k.use() != cpu.Go && lanes >= 8 }

// ransSlack is how many words before those it writes a kernel may overwrite.
const ransSlack = 8

// A ransPair is a [ransSym] as kernels have it: floor(x/frequency) is
// (t + (x-t)>>1) >> shift with t = rcp·x>>32, for any x of 32 bits (Granlund and
// Montgomery, PLDI 1994, figure 4.1). That cannot be had for frequency 1: there it
// gives x-1, and start is that much higher. In the upper half: start, 13 bits,
// frequency, 12 bits, shift.
type ransPair uint64

// newRansPair returns the pair of a symbol at start with frequency freq > 0.
func newRansPair(start, freq uint32, bits precision) ransPair {
	if freq == 1 {
		return ransPair(1<<32 - 1 | uint64(start+1<<bits-1|1<<13)<<32)
	}
	l := uint32(1)
	for 1<<l < freq {
		l++
	}
	rcp := uint64(1)<<32*(1<<l-uint64(freq))/uint64(freq) + 1
	return ransPair(rcp | uint64(start|freq<<13|(l-1)<<25)<<32)
}

// ransPairs are the pairs of all tables.
type ransPairs [maxTables << 8]ransPair

// fill makes the pairs of table k.
func (s *ransPairs) fill(k int, t *Table, n int, bits precision) {
	start := uint32(0)
	for sym, f := range t.Freq[:n] {
		if f > 0 {
			s[k<<8|sym] = newRansPair(start, uint32(f), bits)
		}
		start += uint32(f)
	}
}

// spreadWords has for each set of 8 lanes that take a word which word goes to
// each lane, a byte each.
var spreadWords = makeSpreadWords()

func makeSpreadWords() (t [256]uint64) {
	for m := range t {
		next := uint64(0)
		for l := range 8 {
			if m>>l&1 == 1 {
				t[m] |= next << (8 * l)
				next++
			}
		}
	}
	return t
}

// collectWords has for each set of 8 lanes that move out a word the byte shuffle
// that puts those words, in order, at the end of 16 bytes.
var collectWords = makeCollectWords()

func makeCollectWords() (t [256 * 16]uint8) {
	for m := range 256 {
		at := 16*m + 16
		for l := 7; l >= 0; l-- {
			if m>>l&1 == 1 {
				at -= 2
				t[at], t[at+1] = uint8(2*l), uint8(2*l+1)
			}
		}
	}
	return t
}
