package gguf_test

import (
	"strings"

	"dits/formats/formatstest"
)

// stricter are files that gguf-py accepts and this package refuses on purpose: the
// list of docs/formats.md. Keys are a part of our error.
var stricter = map[string][]byte{
	"key is empty":        pair("", 0, uint8(1)),
	"want at most 65535":  pair(strings.Repeat("k", 65536), 0, uint8(1)),
	"more than 8 levels":  pair("k", 9, nested(9)),
	"dimension count":     one(tensor{Dims: []uint64{1, 1, 1, 1, 1}, Data: make([]byte, 4)}),
	"want a multiple of":  one(tensor{Data: make([]byte, 8), Off: at(4)}),
	"overlaps":            overlapping(),
	"truncated: string":   pair("k", 8, formatstest.Raw(join(u64(9), []byte("short")))),
	"array element type":  pair("k", 9, array(13)),
	"truncated: data sec": one(tensor{Dims: []uint64{0}})[:61],
}

// laxer are files that gguf-py refuses and this package accepts on purpose. Keys are
// a part of gguf-py's error.
var laxer = map[string][]byte{
	"(42) is not a valid GGMLQuantizationType": one(tensor{Dims: []uint64{64}, Type: 42, Data: make([]byte, 18)}),
	"Duplicate GGUF.version":                   pair("GGUF.version", 4, uint32(3)),
}

func overlapping() []byte {
	return formatstest.GGUF{Tensors: []tensor{
		{Name: "a", Dims: []uint64{8}, Data: make([]byte, 32)},
		{Name: "b", Dims: []uint64{8}, Off: at(0)},
	}}.Build()
}
