package ggml_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"

	"dits/formats/ggml"
)

// A source is rows to quantise.
type source struct {
	name    string
	columns int
	rows    []float32
}

// sources returns rows of every nature: those of trained weights, and those that
// take the branches a search has for what it does not expect.
func sources() []source {
	rng := rand.New(rand.NewPCG(7, 8))
	normal := func(scale float64) func(int) float32 {
		return func(int) float32 { return float32(rng.NormFloat64() * scale) }
	}
	return []source{
		rowsOf("normal", 32, 768, normal(0.02)),
		rowsOf("wide", 8, 256, func(int) float32 { return float32(rng.NormFloat64() * math.Exp(4*rng.NormFloat64())) }),
		rowsOf("halves", 8, 512, func(int) float32 { return halfFloat(uint16(rng.Uint32N(0x3c00)) | uint16(rng.Uint32N(2))<<15) }),
		rowsOf("small integers", 8, 256, func(int) float32 { return float32(rng.IntN(9) - 4) }),
		rowsOf("zeros", 2, 256, func(int) float32 { return 0 }),
		rowsOf("minus zeros", 2, 256, func(int) float32 { return float32(math.Copysign(0, -1)) }),
		rowsOf("all equal", 2, 256, func(int) float32 { return 0.37 }),
		rowsOf("all equal, below zero", 2, 256, func(int) float32 { return -0.37 }),
		rowsOf("positive", 4, 256, func(int) float32 { return 1 + rng.Float32() }),
		rowsOf("negative", 4, 256, func(int) float32 { return -1 - rng.Float32() }),
		rowsOf("one of each group", 4, 256, func(i int) float32 { return float32(i%16/15) * (0.5 - rng.Float32()) }),
		rowsOf("groups of very different size", 8, 256, func(i int) float32 {
			return float32(rng.NormFloat64() * math.Pow(10, -float64(i/16%16)/4))
		}),
		rowsOf("mostly zeros", 8, 256, func(int) float32 { return float32(rng.NormFloat64()) * float32(rng.IntN(10)/9) }),
		rowsOf("below the least scale", 4, 256, normal(1e-16)),
		rowsOf("near the least scale", 8, 256, normal(2e-15)),
		rowsOf("denormal halves", 8, 256, normal(1e-6)),
		rowsOf("denormals", 4, 256, func(int) float32 { return math.Float32frombits(rng.Uint32() & 0x807fffff) }),
		rowsOf("large", 4, 256, normal(1e6)),
	}
}

// hostile returns rows with infinities, NaNs of every payload, and numbers that
// overflow.
func hostile() []source {
	rng := rand.New(rand.NewPCG(9, 10))
	odd := []float32{
		float32(math.Inf(1)), float32(math.Inf(-1)), math.Float32frombits(0x7fc00000), math.Float32frombits(0xffc12345),
		math.Float32frombits(0x7f800001), math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32,
	}
	return []source{
		rowsOf("with odd ones", 32, 256, func(int) float32 {
			if rng.IntN(40) > 0 {
				return float32(rng.NormFloat64())
			}
			return odd[rng.IntN(len(odd))]
		}),
		rowsOf("any bits", 8, 256, func(int) float32 { return math.Float32frombits(rng.Uint32()) }),
		rowsOf("very large", 4, 256, func(int) float32 { return float32(rng.NormFloat64() * 1e38) }),
	}
}

func rowsOf(name string, rows, columns int, value func(i int) float32) source {
	s := source{name, columns, make([]float32, rows*columns)}
	for i := range s.rows {
		s.rows[i] = value(i)
	}
	return s
}

func halfFloat(h uint16) float32 {
	value := make([]float32, 1)
	if err := ggml.F16.Dequantise(value, binary.LittleEndian.AppendUint16(nil, h)); err != nil {
		panic(err)
	}
	return value[0]
}

// importances returns weights as an importance matrix has them: squares that vary
// a lot, some of them 0.
func importances(columns int) []float32 {
	rng := rand.New(rand.NewPCG(11, 12))
	weights := make([]float32, columns)
	for i := range weights {
		if rng.IntN(20) > 0 {
			weights[i] = float32(math.Exp(2 * rng.NormFloat64()))
		}
	}
	return weights
}

// negated returns weights with every seventh below zero, which no importance matrix
// should have.
func negated(weights []float32) []float32 {
	weights = slices.Clone(weights)
	for i := 0; i < len(weights); i += 7 {
		weights[i] = -weights[i]
	}
	return weights
}

// randomBlocks returns n blocks of any bytes.
func randomBlocks(kind ggml.Type, n int) []byte {
	rng := rand.New(rand.NewPCG(13, uint64(kind)))
	blocks := make([]byte, n*int(kind.BlockBytes()))
	for i := range blocks {
		blocks[i] = byte(rng.Uint32())
	}
	return blocks
}
