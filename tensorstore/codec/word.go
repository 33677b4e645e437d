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

// littleEndian reports the byte order of this machine.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// memory is x as bytes.
func memory[T word](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(widthOf[T]()/8))
}

// load reads len(dst) little-endian words from src.
func load[T word](dst []T, src []byte) {
	m := memory(dst)
	copy(m, src[:len(m)])
	if !littleEndian {
		swapWords(m, int(widthOf[T]()/8))
	}
}

// store writes src to dst as little-endian words.
func store[T word](dst []byte, src []T) {
	m := memory(src)
	copy(dst[:len(m)], m)
	if !littleEndian {
		swapWords(dst[:len(m)], int(widthOf[T]()/8))
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
