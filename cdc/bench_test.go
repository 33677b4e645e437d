package cdc

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkCut cuts 64 MiB of random bytes with the default lengths.
func BenchmarkCut(b *testing.B) {
	data := random(1, 64<<20)
	for _, align := range []int{1, 2, 4, 8, 18, 34, 144, 210} {
		b.Run(fmt.Sprintf("align%d", align), func(b *testing.B) {
			p := Default
			p.Align = align
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				for rest := data; len(rest) > 0; {
					rest = rest[p.Cut(rest):]
				}
			}
		})
	}
}

// random returns n bytes that are always the same for one seed.
func random(seed byte, n int) []byte {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(data)
	return data
}
