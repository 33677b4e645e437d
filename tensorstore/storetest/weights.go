// Package storetest makes tensors for the tests of the store and of what it is made of.
package storetest

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// Weights are n BF16 numbers as a trained layer has them.
func Weights(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, 2*n)
	for i := range n {
		binary.LittleEndian.PutUint16(b[2*i:], uint16(math.Float32bits(float32(r.NormFloat64()*0.02))>>16))
	}
	return b
}

// Tuned moves each weight a little.
func Tuned(seed uint64, base []byte) []byte {
	r := rand.New(rand.NewPCG(seed, 2))
	b := bytes.Clone(base)
	for i := 0; i < len(b); i += 2 {
		w := math.Float32frombits(uint32(binary.LittleEndian.Uint16(b[i:])) << 16)
		w += float32(r.NormFloat64() * 1e-4)
		binary.LittleEndian.PutUint16(b[i:], uint16(math.Float32bits(w)>>16))
	}
	return b
}

// TunedRows is a fine-tune of BF16 weights whose rows and columns have moved by more or less.
func TunedRows(seed uint64, base []byte, width int) []byte {
	r := rand.New(rand.NewPCG(seed, 0))
	out := bytes.Clone(base)
	for i := range len(base) / 2 {
		by := r.NormFloat64() * float64(int(1)<<(i/width*7%5)) * float64(int(1)<<(i%width%4))
		binary.LittleEndian.PutUint16(out[2*i:], binary.LittleEndian.Uint16(base[2*i:])+uint16(int16(by)))
	}
	return out
}
