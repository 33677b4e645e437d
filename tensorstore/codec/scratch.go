package codec

import (
	"sync"

	"dits/cpu"
	"dits/tensorstore/codec/entropy"
)

// A scratch is the memory of one call, kept between calls.
type scratch struct {
	entropy.Encoder
	dec    entropy.Decoder
	kernel kernel
	wide   []uint16 // Fields: symbols before they are numbered
	raw    []byte   // raw bits
	vals   []int16  // sample of values, for the contexts' offset
	spans  spans
	set    entropy.SymbolSet
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// getScratch returns a scratch for a call that runs in k; put it back.
func getScratch(k kernel) *scratch {
	s := scratches.Get().(*scratch)
	s.setKernel(k)
	return s
}

// setKernel makes all of s run in k.
func (s *scratch) setKernel(k kernel) { s.kernel, s.Level, s.dec.Level = k, cpu.Level(k), cpu.Level(k) }

// grow returns s with length n; what it held may be lost.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/8)
	}
	return s[:n]
}
