package entropy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// The entropy coder is range ANS (Jarek Duda, arXiv:1311.2540, in the
// form of Fabian Giesen's ryg_rans): states of 32
// bits in [2^16, 2^32), which move 16 bits at a time. Symbol i belongs to state
// i mod lanes; all lanes share one stream of words.

const (
	MaxLanes = 64
	ransLow  = 1 << 16 // lowest state, and the first of every lane
)

// A precision is the number of bits of probabilities in a section. With fine
// ones symbols next to certain cost little; tables of coarse ones, a quarter of
// the size, stay in the first-level cache.
type precision uint

const (
	fine   precision = 12
	coarse precision = 10
)

// slot of a decoding table: symbol<<24 | frequency<<12 | offset in the symbol.
type slots [maxTables << fine]uint32

// fill makes the part of table k.
func (s *slots) fill(kernel kernel, k int, t *Table, n int, bits precision) {
	p := s[k<<bits : (k+1)<<bits]
	if kernel.slots(p, t.Freq[:n]) {
		return
	}
	for sym, f := range t.Freq[:n] {
		e := uint32(sym)<<24 | uint32(f)<<12
		for i := range p[:f] {
			p[i] = e | uint32(i)
		}
		p = p[f:]
	}
	for i := range p { // never written by an encoder; decodes to something bounded
		p[i] = 1 << 12
	}
}

// ransPad is how far beyond its input a round may read.
const ransPad = 2 * MaxLanes

// A ransReader decodes symbols.
type ransReader struct {
	state [MaxLanes]uint32
	lanes int
	bits  precision
	in    []byte // words, then at least ransPad other bytes
	pos   int    // next word
	end   int    // end of the words
}

var ErrShort = errors.New("entropy coder: stream too short")

// open reads the states from in, of which the first size bytes are states and
// words. Where too little follows to read ahead it copies the words to buf,
// which it grows and returns.
func (r *ransReader) open(in, buf []byte, size, lanes int, bits precision) ([]byte, error) {
	if size < 4*lanes {
		return buf, ErrShort
	}
	for i := range r.state[:lanes] {
		r.state[i] = binary.LittleEndian.Uint32(in[4*i:])
	}
	in, size = in[4*lanes:], size-4*lanes
	if len(in) < size+ransPad+2 {
		buf = append(append(buf[:0], in...), make([]byte, ransPad+2)...)
		in = buf
	}
	r.lanes, r.bits, r.in, r.pos, r.end = lanes, bits, in, 0, size
	return buf, nil
}

// read decodes len(tok) symbols; tab has the table of each. But for the last
// call len(tok) is a multiple of the lanes.
func (r *ransReader) read(kernel kernel, s *slots, tok, tab []uint8) error {
	k := kernel.ransRead(r, s, tok, tab)
	tok, tab = tok[k:], tab[k:len(tok)]
	p := r.pos
	for len(tok) > 0 {
		if p > r.end {
			return ErrShort
		}
		n := min(r.lanes, len(tok))
		in := (*[ransPad + 2]byte)(r.in[p:])
		if r.bits == coarse {
			p += ransRound[[coarse]int](s, &r.state, in, tok[:n], tab[:n])
		} else {
			p += ransRound[[fine]int](s, &r.state, in, tok[:n], tab[:n])
		}
		tok, tab = tok[n:], tab[n:]
	}
	r.pos = p
	return nil
}

// digits is a precision as the length of a type, which makes it constant in the loops that
// follow: a shift by a variable takes three instructions on amd64.
type digits interface{ [coarse]int | [fine]int }

// ransRound decodes one symbol of each lane and returns the bytes it took. It
// is apart so that all it needs stays in registers.
//
//go:noinline
func ransRound[D digits](s *slots, st *[MaxLanes]uint32, in *[ransPad + 2]byte, tok, tab []uint8) int {
	var d D
	bits := uint(len(d))
	q, mask := 0, uint32(1)<<bits-1
	tab = tab[:len(tok)]
	for l := range tok {
		x := st[l&(MaxLanes-1)]
		e := s[(uint32(tab[l])<<bits|x&mask)&(maxTables<<fine-1)]
		x = (e>>12&0xfff)*(x>>bits) + e&0xfff
		tok[l] = uint8(e >> 24)
		i := q & (ransPad - 1)
		y := x<<16 | uint32(binary.LittleEndian.Uint16(in[i:i+2]))
		// A difference and a conditional move: a branch would be a coin toss.
		q += int(uint64(int64(x)-ransLow)>>63) * 2
		if x < ransLow {
			x = y
		}
		st[l&(MaxLanes-1)] = x
	}
	return q
}

// close checks that the stream ended where the encoder began.
func (r *ransReader) close() error {
	if r.pos != r.end {
		return fmt.Errorf("entropy coder: %d bytes of words, want %d", r.end, r.pos)
	}
	for _, x := range r.state[:r.lanes] {
		if x != ransLow {
			return errors.New("entropy coder: states do not return to their start")
		}
	}
	return nil
}

// A ransSym has what coding a symbol takes, without division. When a symbol is
// coded the state x is below max = frequency<<(32-bits), so floor(x/frequency) is
// x*rcp>>(32+bits) with rcp = ceil(2^(32+bits)/frequency): the product stays below 2^64, and
// the error, below x·frequency/2^(32+bits) in units of 1/frequency, below one of them.
type ransSym struct {
	rcp   uint64
	max   uint32 // states from here on move a word out first
	start uint16
	comp  uint16 // 1<<bits minus frequency
}

// set makes the entry of a symbol at start with frequency freq > 0.
func (e *ransSym) set(start, freq uint32, bits precision) {
	e.rcp = (1<<(32+bits) + uint64(freq) - 1) / uint64(freq)
	e.max = freq << (32 - bits)
	e.start = uint16(start)
	e.comp = uint16(1<<bits - freq)
}

// ransSyms are the entries of all tables.
type ransSyms [maxTables << 8]ransSym

// fill makes the entries of table k.
func (s *ransSyms) fill(k int, t *Table, n int, bits precision) {
	start := uint32(0)
	for sym, f := range t.Freq[:n] {
		if f > 0 {
			s[k<<8|sym].set(start, uint32(f), bits)
		}
		start += uint32(f)
	}
}

// appendWords appends the states and words that decode to e.Tok in the tables e.Tab,
// and before them their length.
func (e *Encoder) appendWords(dst []byte, lanes int, bits precision) []byte {
	e.words = slices.Grow(e.words[:0], len(e.Tok)+ransSlack)[:len(e.Tok)+ransSlack]
	tok, tab, words := e.Tok, e.Tab, e.words
	var state [MaxLanes]uint32
	for i := range state {
		state[i] = ransLow
	}
	p := len(words)
	for end := len(tok); end > 0; {
		if end&(lanes-1) == 0 {
			done := false
			if p, done = kernel(e.Level).ransWrite(&state, lanes, bits, words, p, &e.pairs, tok[:end], tab[:end]); done {
				break
			}
		}
		at := (end - 1) &^ (lanes - 1)
		if bits == coarse {
			p = ransBack[[coarse]int](&e.syms, &state, tok[at:end], tab[at:end], words, p)
		} else {
			p = ransBack[[fine]int](&e.syms, &state, tok[at:end], tab[at:end], words, p)
		}
		end = at
	}
	n := 2 * len(words[p:])
	dst = binary.AppendUvarint(dst, uint64(4*lanes+n))
	for _, x := range state[:lanes] {
		dst = binary.LittleEndian.AppendUint32(dst, x)
	}
	dst = slices.Grow(dst, n)[:len(dst)+n]
	Store(dst[len(dst)-n:], words[p:])
	return dst
}

// ransBack codes one symbol of each lane, the last first, with words before p,
// and returns where they now begin.
//
//go:noinline
func ransBack[D digits](s *ransSyms, st *[MaxLanes]uint32, tok, tab []uint8, words []uint16, p int) int {
	var d D
	shift := uint(32 + len(d))
	tab = tab[:len(tok)]
	for l := len(tok) - 1; l >= 0; l-- {
		e := &s[(int(tab[l])<<8|int(tok[l]))&(maxTables<<8-1)]
		x := st[l&(MaxLanes-1)]
		words[p-1] = uint16(x)                          // counts only if it moves out
		p -= int(uint64(int64(e.max)-int64(x)-1) >> 63) // 1 from max on
		if x >= e.max {
			x >>= 16
		}
		q := uint32(uint64(x) * e.rcp >> shift)
		st[l&(MaxLanes-1)] = x + uint32(e.start) + q*uint32(e.comp)
	}
	return p
}
