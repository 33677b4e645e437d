package codec

import (
	"encoding/binary"
	"unsafe"
)

// A word is an element as an unsigned integer.
type word interface {
	uint8 | uint16 | uint32 | uint64
}

// widthOf is the width of T in bits.
func widthOf[T word]() uint {
	var z T
	return uint(unsafe.Sizeof(z)) * 8
}

// load reads len(dst) little-endian words from src.
func load[T word](dst []T, src []byte) {
	switch d := any(dst).(type) {
	case []uint8:
		copy(d, src[:len(d)])
	case []uint16:
		src = src[:2*len(d)]
		for i := range d {
			d[i] = binary.LittleEndian.Uint16(src[2*i:])
		}
	case []uint32:
		src = src[:4*len(d)]
		for i := range d {
			d[i] = binary.LittleEndian.Uint32(src[4*i:])
		}
	case []uint64:
		src = src[:8*len(d)]
		for i := range d {
			d[i] = binary.LittleEndian.Uint64(src[8*i:])
		}
	}
}

// store writes src to dst as little-endian words.
func store[T word](dst []byte, src []T) {
	switch s := any(src).(type) {
	case []uint8:
		copy(dst[:len(s)], s)
	case []uint16:
		dst = dst[:2*len(s)]
		for i, v := range s {
			binary.LittleEndian.PutUint16(dst[2*i:], v)
		}
	case []uint32:
		dst = dst[:4*len(s)]
		for i, v := range s {
			binary.LittleEndian.PutUint32(dst[4*i:], v)
		}
	case []uint64:
		dst = dst[:8*len(s)]
		for i, v := range s {
			binary.LittleEndian.PutUint64(dst[8*i:], v)
		}
	}
}
