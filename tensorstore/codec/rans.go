package codec

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The entropy coder is range ANS (Jarek Duda, arXiv:1311.2540; the integer
// division by multiplication is that of Fabian Giesen's ryg_rans): states of 32
// bits in [2^16, 2^32), which move 16 bits at a time. Symbol i belongs to state
// i mod lanes; all lanes share one stream of words.

const (
	maxProbBits = 12
	maxLanes    = 32
	ransLow     = 1 << 16 // lowest state, and the first of every lane
)

// slot of a decoding table: symbol<<24 | frequency<<12 | offset in the symbol.
type slots [maxTables << maxProbBits]uint32

// fill makes the part of table k.
func (s *slots) fill(k int, t *table, n int, bits uint) {
	p := s[k<<bits : (k+1)<<bits]
	for sym, f := range t.freq[:n] {
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
const ransPad = 2 * maxLanes

// A ransReader decodes symbols.
type ransReader struct {
	state [maxLanes]uint32
	lanes int
	bits  uint
	in    []byte // words, then ransPad zeros
	pos   int    // next word
	end   int    // end of the words
}

var errShort = errors.New("entropy coder: stream too short")

// open reads the states and copies the words to buf, which it grows and returns.
func (r *ransReader) open(in, buf []byte, lanes int, bits uint) ([]byte, error) {
	if len(in) < 4*lanes {
		return buf, errShort
	}
	for i := range r.state[:lanes] {
		r.state[i] = binary.LittleEndian.Uint32(in[4*i:])
	}
	in = in[4*lanes:]
	buf = append(append(buf[:0], in...), make([]byte, ransPad)...)
	r.lanes, r.bits, r.in, r.pos, r.end = lanes, bits, buf, 0, len(in)
	return buf, nil
}

// read decodes len(tok) symbols; tab has the table of each. But for the last
// call len(tok) is a multiple of the lanes.
func (r *ransReader) read(s *slots, tok, tab []uint8) error {
	bits, mask := r.bits&15, uint32(1)<<(r.bits&15)-1
	tab = tab[:len(tok)]
	p := r.pos
	for len(tok) > 0 {
		if p > r.end {
			return errShort
		}
		n := min(r.lanes, len(tok))
		in := r.in[p : p+ransPad]
		q := 0
		t, c := tok[:n], tab[:n]
		for l := range t {
			x := r.state[l&(maxLanes-1)]
			e := s[(uint32(c[l])<<bits|x&mask)&(maxTables<<maxProbBits-1)]
			x = (e>>12&0xfff)*(x>>bits) + e&0xfff
			t[l] = uint8(e >> 24)
			w := uint32(binary.LittleEndian.Uint16(in[q&(ransPad-1):]))
			y, q2 := x<<16|w, q+2
			if x < ransLow {
				x = y
				q = q2
			}
			r.state[l&(maxLanes-1)] = x
		}
		p += q
		tok, tab = tok[n:], tab[n:]
	}
	r.pos = p
	return nil
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

// A ransSym has what coding a symbol takes, without division.
type ransSym struct {
	max   uint32 // states from here on move a word out first
	rcp   uint32 // reciprocal of the frequency, fixed point
	bias  uint32
	comp  uint16 // 1<<bits minus frequency
	shift uint16
}

// set makes the entry of a symbol at start with frequency freq > 0.
func (e *ransSym) set(start, freq uint32, bits uint) {
	e.max = freq << (32 - bits)
	e.comp = uint16(1<<bits - freq)
	if freq == 1 {
		e.rcp, e.shift, e.bias = 1<<32-1, 0, start+1<<bits-1
		return
	}
	shift := uint16(0)
	for freq > 1<<shift {
		shift++
	}
	e.rcp = uint32((1<<(uint(shift)+31) + uint64(freq) - 1) / uint64(freq))
	e.shift, e.bias = shift-1, start
}

// ransSyms are the entries of all tables.
type ransSyms [maxTables << 8]ransSym

// fill makes the entries of table k.
func (s *ransSyms) fill(k int, t *table, n int, bits uint) {
	start := uint32(0)
	for sym, f := range t.freq[:n] {
		if f > 0 {
			s[k<<8|sym].set(start, uint32(f), bits)
		}
		start += uint32(f)
	}
}

// ransWrite appends the states and words that decode to tok. words is scratch
// of at least len(tok) entries.
func ransWrite(dst []byte, s *ransSyms, tok, tab []uint8, lanes int, words []uint16) []byte {
	var state [maxLanes]uint32
	for i := range state {
		state[i] = ransLow
	}
	p := len(words)
	tab = tab[:len(tok)]
	for i := len(tok) - 1; i >= 0; i-- {
		l := i & (lanes - 1) & (maxLanes - 1)
		e := &s[(int(tab[i])<<8|int(tok[i]))&(maxTables<<8-1)]
		x := state[l]
		if x >= e.max {
			p--
			words[p] = uint16(x)
			x >>= 16
		}
		q := uint32(uint64(x)*uint64(e.rcp)>>32) >> (e.shift & 31)
		state[l] = x + e.bias + q*uint32(e.comp)
	}
	for _, x := range state[:lanes] {
		dst = binary.LittleEndian.AppendUint32(dst, x)
	}
	for _, w := range words[p:] {
		dst = binary.LittleEndian.AppendUint16(dst, w)
	}
	return dst
}
