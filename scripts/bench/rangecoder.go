package main

// A rangeEncoder is Martin's range coder with the carry of LZMA's: 32 bits of range, a
// byte at a time.
type rangeEncoder struct {
	out     []byte
	low     uint64
	width   uint32
	cache   byte
	pending int // bytes of 0xff after the cached one
	begun   bool
}

func newRangeEncoder(dst []byte) *rangeEncoder { return &rangeEncoder{out: dst, width: 1<<32 - 1} }

// encode narrows to freq of 1<<modelBits from cum on.
func (e *rangeEncoder) encode(cum, freq uint32) {
	r := e.width >> modelBits
	e.low += uint64(r) * uint64(cum)
	e.width = r * freq
	for e.width < 1<<24 {
		e.width <<= 8
		e.shift()
	}
}

// raw encodes the low n bits of v, each value as likely.
func (e *rangeEncoder) raw(v uint64, n int) {
	for ; n > 16; n -= 16 {
		e.encode(uint32(v)&0xffff, 1)
		v >>= 16
	}
	r := e.width >> n
	e.low += uint64(r) * (v & (1<<n - 1))
	e.width = r
	for e.width < 1<<24 {
		e.width <<= 8
		e.shift()
	}
}

// shift moves the top byte of low out, once no carry can change it.
func (e *rangeEncoder) shift() {
	if uint32(e.low) < 0xff<<24 || e.low>>32 != 0 {
		carry := byte(e.low >> 32)
		if e.begun {
			e.out = append(e.out, e.cache+carry)
		}
		for ; e.pending > 0; e.pending-- {
			e.out = append(e.out, 0xff+carry)
		}
		e.cache, e.begun = byte(e.low>>24), true
	} else {
		e.pending++
	}
	e.low = e.low << 8 & (1<<32 - 1)
}

func (e *rangeEncoder) finish() []byte {
	for range 5 {
		e.shift()
	}
	return e.out
}

// A rangeDecoder reads what a rangeEncoder wrote; beyond the end it reads zeros.
type rangeDecoder struct {
	in    []byte
	code  uint32
	width uint32
	step  uint32
}

func newRangeDecoder(in []byte) *rangeDecoder {
	d := &rangeDecoder{in: in, width: 1<<32 - 1}
	for range 4 {
		d.code = d.code<<8 | uint32(d.next())
	}
	return d
}

func (d *rangeDecoder) next() byte {
	if len(d.in) == 0 {
		return 0
	}
	b := d.in[0]
	d.in = d.in[1:]
	return b
}

// target is where in 1<<modelBits the next symbol lies; take must follow.
func (d *rangeDecoder) target() uint32 {
	d.step = d.width >> modelBits
	return min(d.code/d.step, 1<<modelBits-1)
}

func (d *rangeDecoder) take(cum, freq uint32) {
	d.code -= d.step * cum
	d.width = d.step * freq
	d.fill()
}

// raw is the inverse of the encoder's.
func (d *rangeDecoder) raw(n int) (v uint64) {
	shift := 0
	for ; n > 16; n -= 16 {
		t := d.target()
		d.take(t, 1)
		v |= uint64(t) << shift
		shift += 16
	}
	d.width >>= n
	t := min(d.code/d.width, 1<<n-1)
	d.code -= t * d.width
	d.fill()
	return v | uint64(t)<<shift
}

func (d *rangeDecoder) fill() {
	for d.width < 1<<24 {
		d.width <<= 8
		d.code = d.code<<8 | uint32(d.next())
	}
}
