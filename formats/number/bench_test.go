package number

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"dits/formats"
)

// weights are n elements as a model has them: normal, σ 0.02.
func weights(rng *rand.Rand, d formats.DType, n int) []byte {
	var p []byte
	for range n {
		b := math.Float32bits(float32(rng.NormFloat64() * 0.02))
		switch d {
		case "BF16":
			p = binary.LittleEndian.AppendUint16(p, uint16(b>>16))
		case "F16":
			h := uint16(b >> 16 & 0x8000)
			if e := int(b>>23&0xff) - 112; e > 0 {
				h |= uint16(e<<10) | uint16(b>>13&0x3ff)
			}
			p = binary.LittleEndian.AppendUint16(p, h)
		case "F32":
			p = binary.LittleEndian.AppendUint32(p, b)
		case "F64":
			p = binary.LittleEndian.AppendUint64(p, math.Float64bits(float64(math.Float32frombits(b))))
		case "F8_E4M3":
			p = append(p, byte(b>>24&0x80|b>>20&0x7f))
		}
	}
	return p
}

func BenchmarkCompare(b *testing.B) {
	const n = 1 << 20
	rng := rand.New(rand.NewPCG(7, 8))
	for _, bench := range []struct {
		name   string
		da, db formats.DType
		every  int // one element in so many differs; 0: none
	}{
		{"BF16/all", "BF16", "BF16", 1}, {"BF16/1in1000", "BF16", "BF16", 1000}, {"BF16/1in100000", "BF16", "BF16", 100000}, {"BF16/none", "BF16", "BF16", 0},
		{"F16/all", "F16", "F16", 1}, {"F32/all", "F32", "F32", 1}, {"F64/all", "F64", "F64", 1}, {"F8_E4M3/all", "F8_E4M3", "F8_E4M3", 1},
		{"BF16-F32", "BF16", "F32", 1},
	} {
		b.Run(bench.name, func(b *testing.B) {
			pa, pb := weights(rng, bench.da, n), weights(rng, bench.db, n)
			if bench.every != 1 {
				pb = bytes.Clone(pa)
			}
			for i := 0; bench.every > 1 && i < n; i += bench.every {
				pb[i*len(pb)/n] ^= 1
			}
			b.SetBytes(int64(len(pa)))
			for b.Loop() {
				_, err := Compare(context.Background(), Operand{bytes.NewReader(pa), 0, bench.da, false}, Operand{bytes.NewReader(pb), 0, bench.db, false}, n, 1)
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
