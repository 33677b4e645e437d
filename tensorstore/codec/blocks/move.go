package blocks

import "encoding/binary"

// A move is where some bits of some symbols of a block lie: those of n symbols from
// at on, in the n bytes of the block from off on. Bits shift up of each byte, as many
// as mask has, are bits up of its symbol. With spread they lie in n/8 bytes instead, one
// bit a symbol, the first symbol in the lowest.
type move struct {
	at, n, off int
	shift, up  uint8
	mask       uint8
	spread     bool
}

// take ors the bits to the symbols that it finds in block.
func (m *move) take(sym, block []byte) {
	sym = sym[m.at : m.at+m.n]
	if m.spread {
		m.takeSpread(sym, block[m.off:])
		return
	}
	block = block[m.off : m.off+m.n]
	i, every := 0, bytewise(m.mask)
	for ; i+8 <= len(sym); i += 8 {
		v := binary.LittleEndian.Uint64(block[i:]) >> (m.shift & 7) & every
		v = v<<(m.up&7) | binary.LittleEndian.Uint64(sym[i:])
		binary.LittleEndian.PutUint64(sym[i:], v)
	}
	for ; i < len(sym); i++ {
		sym[i] |= block[i] >> m.shift & m.mask << m.up
	}
}

// put sets the bits of the symbols in block and leaves the others.
func (m *move) put(block, sym []byte) {
	sym = sym[m.at : m.at+m.n]
	if m.spread {
		m.putSpread(block[m.off:], sym)
		return
	}
	block = block[m.off : m.off+m.n]
	i, every := 0, bytewise(m.mask)
	for ; i+8 <= len(sym); i += 8 {
		v := binary.LittleEndian.Uint64(sym[i:]) >> (m.up & 7) & every
		keep := binary.LittleEndian.Uint64(block[i:]) &^ (every << (m.shift & 7))
		binary.LittleEndian.PutUint64(block[i:], v<<(m.shift&7)|keep)
	}
	for ; i < len(sym); i++ {
		block[i] = block[i]&^(m.mask<<m.shift) | sym[i]>>m.up&m.mask<<m.shift
	}
}

// bytewise is b in each byte of a word.
func bytewise(b uint8) uint64 { return uint64(b) * 0x0101010101010101 }

// takeSpread is take for bits one beside the other.
func (m *move) takeSpread(sym, bits []byte) {
	for i := 0; i < len(sym); i += 8 {
		v := bytewise(bits[i/8]) & 0x8040201008040201 // bit k in byte k
		v = (v + 0x7f7f7f7f7f7f7f7f) >> 7 & bytewise(1)
		v = v<<(m.up&7) | binary.LittleEndian.Uint64(sym[i:])
		binary.LittleEndian.PutUint64(sym[i:], v)
	}
}

// putSpread is put for bits one beside the other.
func (m *move) putSpread(bits, sym []byte) {
	for i := 0; i < len(sym); i += 8 {
		v := binary.LittleEndian.Uint64(sym[i:]) >> (m.up & 7) & bytewise(1)
		bits[i/8] = byte(v * 0x0102040810204080 >> 56) // byte k to bit 56+k
	}
}

// join packs pairs of symbols below 1<<bits into one each, the first in the low bits.
func join(dst, sym []byte, bits uint) {
	sym = sym[:2*len(dst)]
	i := 0
	for ; i+4 <= len(dst); i += 4 {
		v := binary.LittleEndian.Uint64(sym[2*i:])
		v = (v | v>>((8-bits)&7)) & 0x00ff00ff00ff00ff
		v = (v | v>>8) & 0x0000ffff0000ffff
		binary.LittleEndian.PutUint32(dst[i:], uint32(v|v>>16))
	}
	for ; i < len(dst); i++ {
		dst[i] = sym[2*i] | sym[2*i+1]<<bits
	}
}

// unjoin is the reverse of join.
func unjoin(sym, src []byte, bits uint) {
	sym = sym[:2*len(src)]
	low := byte(1)<<bits - 1
	i, lows := 0, uint64(low)*0x0001000100010001
	for ; i+4 <= len(src); i += 4 {
		v := uint64(binary.LittleEndian.Uint32(src[i:]))
		v = (v | v<<16) & 0x0000ffff0000ffff
		v = (v | v<<8) & 0x00ff00ff00ff00ff
		binary.LittleEndian.PutUint64(sym[2*i:], v&lows|v>>(bits&7)&lows<<8)
	}
	for ; i < len(src); i++ {
		sym[2*i], sym[2*i+1] = src[i]&low, src[i]>>bits&low
	}
}
