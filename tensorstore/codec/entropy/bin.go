package entropy

// The coder of side information: an adaptive binary range coder as in LZMA
// (Igor Pavlov, LZMA SDK, "rc"), with two differences. A bit learns fast at first:
// its step starts at 1/2 and falls to 1/32. And the first byte, always 0 there,
// and zero bytes at the end are not written.

// binTop is the range below which a byte is moved out.
const binTop = 1 << 24

// A bit is the adaptive probability of a zero, in 1/65536.
type bit struct {
	p uint16
	n uint8 // bits seen, up to the slowest step
}

// binSlow is the binary logarithm of the slowest step.
const binSlow = 5

// bound splits a range by b, leaving at least 1/128 to either side: so even
// certain bits cost something, and a reader's output is bounded by its input.
func (b *bit) bound(rng uint32) uint32 {
	p := uint32(b.p)
	if b.n == 0 {
		p = 1 << 15
	}
	p = min(max(p, 1<<9), 1<<16-1<<9)
	return rng >> 16 * p
}

// learn moves b towards v.
func (b *bit) learn(v int) {
	if b.n == 0 {
		b.p = 1 << 15
	}
	if b.n < 4*binSlow {
		b.n++
	}
	s := 1 + (b.n-1)/4
	if v == 0 {
		b.p += (1<<16 - 1 - b.p) >> s
	} else {
		b.p -= b.p >> s
	}
}

// A binWriter appends coded bits to out.
type binWriter struct {
	out   []byte
	low   uint64
	rng   uint32
	cache byte
	more  int64 // bytes held back: the cache and 0xff that a carry may turn over
	first bool
}

func newBinWriter(dst []byte) *binWriter {
	return &binWriter{out: dst, rng: 1<<32 - 1, more: 1, first: true}
}

// shift moves the top byte out, with its carry.
func (w *binWriter) shift() {
	if w.low < 0xff000000 || w.low >= 1<<32 {
		carry := byte(w.low >> 32)
		for c := w.cache; w.more > 0; w.more-- {
			if !w.first {
				w.out = append(w.out, c+carry)
			}
			w.first = false
			c = 0xff
		}
		w.cache = byte(w.low >> 24)
	}
	w.more++
	w.low = w.low & 0x00ffffff << 8
}

// bit writes v, 0 or 1, with the probability b.
func (w *binWriter) bit(b *bit, v int) {
	bound := b.bound(w.rng)
	if v == 0 {
		w.rng = bound
	} else {
		w.low += uint64(bound)
		w.rng -= bound
	}
	b.learn(v)
	for w.rng < binTop {
		w.rng <<= 8
		w.shift()
	}
}

// bits writes the low n bits of v, each with probability 1/2.
func (w *binWriter) bits(v uint64, n uint) {
	for n > 0 {
		n--
		w.rng >>= 1
		w.low += uint64(w.rng) & -(v >> n & 1)
		for w.rng < binTop {
			w.rng <<= 8
			w.shift()
		}
	}
}

// close returns out with the last bytes: those of the number in the final
// interval that ends in the most zeros, which are left out.
func (w *binWriter) close() []byte {
	for s := uint(32); s > 0; s-- {
		v := (w.low + 1<<s - 1) >> s << s
		if v < w.low+uint64(w.rng) {
			w.low = v
			break
		}
	}
	start := len(w.out)
	for range 5 {
		w.shift()
	}
	n := len(w.out)
	start = max(start, n-binSlack)
	for n > start && w.out[n-1] == 0 {
		n--
	}
	return w.out[:n]
}

// A binReader reads what a [binWriter] wrote. Behind the end it reads zeros;
// done tells whether as many of them were read as a writer leaves out.
type binReader struct {
	in   []byte
	pos  int
	rng  uint32
	code uint32
}

func newBinReader(in []byte) *binReader {
	r := &binReader{in: in, rng: 1<<32 - 1}
	for range 4 {
		r.fill()
	}
	return r
}

func (r *binReader) fill() {
	r.code <<= 8
	if r.pos < len(r.in) {
		r.code |= uint32(r.in[r.pos])
	}
	r.pos++
}

// binSlack is how many zero bytes a writer leaves out at most.
const binSlack = 5

// done reports that the input is what a writer leaves of what was read: all of
// it, without the zeros at its end.
func (r *binReader) done() bool {
	left := r.pos - len(r.in)
	return left == binSlack || left >= 0 && left < binSlack && (len(r.in) == 0 || r.in[len(r.in)-1] != 0)
}

func (r *binReader) bit(b *bit) int {
	bound := b.bound(r.rng)
	v := 0
	if r.code < bound {
		r.rng = bound
	} else {
		r.code -= bound
		r.rng -= bound
		v = 1
	}
	b.learn(v)
	for r.rng < binTop {
		r.rng <<= 8
		r.fill()
	}
	return v
}

func (r *binReader) bits(n uint) (v uint64) {
	for ; n > 0; n-- {
		r.rng >>= 1
		v <<= 1
		if r.code >= r.rng {
			r.code -= r.rng
			v |= 1
		}
		for r.rng < binTop {
			r.rng <<= 8
			r.fill()
		}
	}
	return v
}
