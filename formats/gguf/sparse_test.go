package gguf_test

import (
	"dits/formats"
	"dits/formats/gguf"
)

// sparse parses a file of size bytes that are all zero after start.
func sparse(start []byte, size int64) (*formats.Layout, error) {
	return gguf.Parser{}.Parse(zeros(start), size)
}

// zeros is an endless file that starts with these bytes.
type zeros []byte

func (z zeros) ReadAt(p []byte, off int64) (int, error) {
	clear(p)
	if off < int64(len(z)) {
		copy(p, z[off:])
	}
	return len(p), nil
}
