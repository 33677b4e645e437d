package main

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// fmDelta is FM-Delta (NeurIPS '24; pcencoder.inl), which TensorDex-FM++ follows: floats as
// integers in the order of their values, fine-tune minus base, of which sign and bit length
// are one symbol of an adaptive model of the tensor, and the bits below the top one go
// raw, all through one range coder. The model here remembers longer than upstream's,
// which makes it a little better on tensors whose statistics do not change.
type fmDelta struct{}

func (fmDelta) encode(dst []byte, p piece) ([]byte, error) {
	width := fmWidth(p)
	if len(p.data)%width != 0 {
		return nil, fmt.Errorf("tensor: got %d bytes, want whole elements of %d", len(p.data), width)
	}
	base := fmBase(p, len(p.data))
	m, e := newModel(2*8*width+1), newRangeEncoder(dst)
	for i := 0; i < len(p.data); i += width {
		d := int64(ordered(p.data[i:], width)) - int64(ordered(base[i:], width))
		z := uint64(max(d, -d))
		k := bits.Len64(z)
		s := 8 * width
		if d < 0 {
			s -= k
		} else {
			s += k
		}
		e.encode(m.cum[s], m.cum[s+1]-m.cum[s])
		m.add(s)
		if k > 1 {
			e.raw(z&(1<<(k-1)-1), k-1)
		}
	}
	return e.finish(), nil
}

func (fmDelta) decode(dst, enc []byte, p piece) error {
	width := fmWidth(p)
	base := fmBase(p, len(dst))
	m, d := newModel(2*8*width+1), newRangeDecoder(enc)
	for i := 0; i < len(dst); i += width {
		s := m.find(d.target())
		d.take(m.cum[s], m.cum[s+1]-m.cum[s])
		m.add(s)
		k := s - 8*width
		var z int64
		if n := max(k, -k); n > 0 {
			z = 1 << (n - 1)
			if n > 1 {
				z |= int64(d.raw(n - 1))
			}
		}
		if k < 0 {
			z = -z
		}
		putOrdered(dst[i:], uint64(int64(ordered(base[i:], width))+z), width)
	}
	return nil
}

// fmWidth is the bytes of an element; what is wider than 4 is coded as bytes.
func fmWidth(p piece) int {
	if w := p.elem.Size(); w <= 4 {
		return w
	}
	return 1
}

// fmBase is n bytes to subtract: zeros for a tensor that the base does not have.
func fmBase(p piece, n int) []byte {
	if p.base != nil {
		return p.base
	}
	return make([]byte, n)
}

// ordered is the float of width bytes as an integer in the order of values.
func ordered(b []byte, width int) uint64 {
	switch width {
	case 2:
		v := binary.LittleEndian.Uint16(b)
		return uint64(v ^ (uint16(int16(v)>>15) | 0x8000))
	case 4:
		v := binary.LittleEndian.Uint32(b)
		return uint64(v ^ (uint32(int32(v)>>31) | 1<<31))
	}
	return uint64(b[0] ^ (byte(int8(b[0])>>7) | 0x80))
}

// putOrdered is the inverse of ordered.
func putOrdered(b []byte, v uint64, width int) {
	switch width {
	case 2:
		binary.LittleEndian.PutUint16(b, uint16(v)^(^uint16(int16(v)>>15)|0x8000))
	case 4:
		binary.LittleEndian.PutUint32(b, uint32(v)^(^uint32(int32(v)>>31)|1<<31))
	default:
		b[0] = byte(v) ^ (^byte(int8(v)>>7) | 0x80)
	}
}
