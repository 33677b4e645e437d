package entropy

import (
	"encoding/binary"
	"unsafe"
)

// A Word is an element as an unsigned integer.
type Word interface {
	uint8 | uint16 | uint32 | uint64
}

// Width is the width of T in bits.
func Width[T Word]() uint {
	var z T
	return uint(unsafe.Sizeof(z)) * 8
}

// littleEndian reports the byte order of this machine.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// Memory is x as bytes.
func Memory[T Word](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(Width[T]()/8))
}

// Load reads len(dst) little-endian words from src.
func Load[T Word](dst []T, src []byte) {
	m := Memory(dst)
	copy(m, src[:len(m)])
	if !littleEndian {
		swapWords(m, int(Width[T]()/8))
	}
}

// Store writes src to dst as little-endian words.
func Store[T Word](dst []byte, src []T) {
	m := Memory(src)
	copy(dst[:len(m)], m)
	if !littleEndian {
		swapWords(dst[:len(m)], int(Width[T]()/8))
	}
}

// swapWords reverses the bytes of each word.
func swapWords(b []byte, size int) {
	for ; len(b) >= size; b = b[size:] {
		for i, j := 0, size-1; i < j; i, j = i+1, j-1 {
			b[i], b[j] = b[j], b[i]
		}
	}
}
