package codec

import "encoding/binary"

// A bitWriter packs bits, the first in the lowest bit of the first byte.
type bitWriter struct {
	buf []byte
	pos int    // whole bytes written
	acc uint64 // bits after them
	n   uint   // their number, below 8 between calls
}

// newBitWriter returns a writer to buf, which has room for all that will be
// written and 8 bytes more.
func newBitWriter(buf []byte) bitWriter { return bitWriter{buf: buf} }

// put56 writes the low n bits of v, which has no others; n is at most 56.
func (w *bitWriter) put56(v uint64, n uint) {
	acc := w.acc | v<<(w.n&63)
	n += w.n
	binary.LittleEndian.PutUint64(w.buf[w.pos:], acc)
	w.pos += int(n >> 3)
	w.acc = acc >> (n &^ 7 & 63)
	w.n = n & 7
}

// put writes the low n bits of v, which has no others; n is at most 64.
func (w *bitWriter) put(v uint64, n uint) {
	if n > 56 {
		w.put56(v&(1<<32-1), 32)
		v, n = v>>32, n-32
	}
	w.put56(v, n)
}

// close returns the bytes written, the last filled with zeros.
func (w *bitWriter) close() []byte {
	if w.n > 0 {
		return w.buf[:w.pos+1]
	}
	return w.buf[:w.pos]
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
