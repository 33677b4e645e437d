package entropy

import "encoding/binary"

// A BitWriter packs bits, the first in the lowest bit of the first byte.
type BitWriter struct {
	buf []byte
	pos int    // whole bytes written
	acc uint64 // bits after them
	n   uint   // their number, below 8 between calls
}

// NewBitWriter returns a writer to buf, which has room for all that will be
// written and 8 bytes more.
func NewBitWriter(buf []byte) BitWriter { return BitWriter{buf: buf} }

// Put56 writes the low n bits of v, which has no others; n is at most 56.
func (w *BitWriter) Put56(v uint64, n uint) {
	acc := w.acc | v<<(w.n&63)
	n += w.n
	binary.LittleEndian.PutUint64(w.buf[w.pos:], acc)
	w.pos += int(n >> 3)
	w.acc = acc >> (n &^ 7 & 63)
	w.n = n & 7
}

// Put writes the low n bits of v, which has no others; n is at most 64.
func (w *BitWriter) Put(v uint64, n uint) {
	if n > 56 {
		w.Put56(v&(1<<32-1), 32)
		v, n = v>>32, n-32
	}
	w.Put56(v, n)
}

// Close returns the bytes written, the last filled with zeros.
func (w *BitWriter) Close() []byte {
	if w.n > 0 {
		return w.buf[:w.pos+1]
	}
	return w.buf[:w.pos]
}

// A BitReader reads what a [BitWriter] wrote. Beyond the end it reads zeros;
// done tells.
type BitReader struct {
	In  []byte
	Pos uint // in bits
}

// Peek returns at least 57 bits from bit p on.
func Peek(in []byte, p uint) uint64 {
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

// Get reads n bits, at most 64.
func (r *BitReader) Get(n uint) uint64 {
	v := Peek(r.In, r.Pos)
	if n > 32 {
		lo := v & (1<<32 - 1)
		r.Pos += 32
		return lo | r.Get(n-32)<<32
	}
	r.Pos += n
	return v & (1<<n - 1)
}

// Done reports that exactly the bytes of in were read, and zeros after the last bit.
func (r *BitReader) Done() bool {
	if (r.Pos+7)>>3 != uint(len(r.In)) {
		return false
	}
	return r.Pos&7 == 0 || r.In[len(r.In)-1]>>(r.Pos&7) == 0
}
