package codec

import "encoding/binary"

// A bitWriter packs bits, the first in the lowest bit of the first byte.
type bitWriter struct {
	out []byte
	acc uint64
	n   uint // bits in acc, below 32 between calls
}

// put32 writes the low n bits of v, which has no others; n is at most 32.
func (w *bitWriter) put32(v uint64, n uint) {
	w.acc |= v << w.n
	w.n += n
	if w.n >= 32 {
		w.out = binary.LittleEndian.AppendUint32(w.out, uint32(w.acc))
		w.acc >>= 32
		w.n -= 32
	}
}

// put writes the low n bits of v, which has no others; n is at most 64.
func (w *bitWriter) put(v uint64, n uint) {
	if n > 32 {
		w.put32(v&(1<<32-1), 32)
		v, n = v>>32, n-32
	}
	w.put32(v, n)
}

// close returns the bytes written, the last filled with zeros.
func (w *bitWriter) close() []byte {
	for n := int(w.n); n > 0; n -= 8 {
		w.out = append(w.out, byte(w.acc))
		w.acc >>= 8
	}
	return w.out
}

// A bitReader reads what a [bitWriter] wrote. Beyond the end it reads zeros;
// done tells.
type bitReader struct {
	in  []byte
	pos uint // in bits
}

// peek returns at least 57 bits from bit p on.
func peek(in []byte, p uint) uint64 {
	if i := p >> 3; i+8 <= uint(len(in)) {
		return binary.LittleEndian.Uint64(in[i:]) >> (p & 7)
	}
	return peekEnd(in, p)
}

func peekEnd(in []byte, p uint) uint64 {
	var b [8]byte
	if i := p >> 3; i < uint(len(in)) {
		copy(b[:], in[i:])
	}
	return binary.LittleEndian.Uint64(b[:]) >> (p & 7)
}

// get reads n bits, at most 64.
func (r *bitReader) get(n uint) uint64 {
	v := peek(r.in, r.pos)
	if n > 32 {
		lo := v & (1<<32 - 1)
		r.pos += 32
		return lo | r.get(n-32)<<32
	}
	r.pos += n
	return v & (1<<n - 1)
}

// done reports that exactly the bytes of in were read, and zeros after the last bit.
func (r *bitReader) done() bool {
	if (r.pos+7)>>3 != uint(len(r.in)) {
		return false
	}
	return r.pos&7 == 0 || r.in[len(r.in)-1]>>(r.pos&7) == 0
}
