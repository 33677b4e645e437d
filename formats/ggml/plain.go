package ggml

import (
	"encoding/binary"
	"math"

	"dits/formats/float"
)

// arithmetics has the plain floats, the types of one scale or two for 32 elements,
// and the K-quants.
var arithmetics = map[Type]arithmetic{
	F32:  {dequantise: fromF32, quantise: toF32},
	F16:  {dequantise: fromF16, quantise: toF16},
	BF16: {dequantise: fromBF16, quantise: toBF16},
	Q4_0: {q40.dequantise, q40.quantise, q40.round},
	Q4_1: {q41.dequantise, q41.quantise, q41.round},
	Q5_0: {q50.dequantise, q50.quantise, q50.round},
	Q5_1: {q51.dequantise, q51.quantise, q51.round},
	Q8_0: {dequantiseQ80, quantiseQ80, roundQ80},
	Q8_1: {dequantise: dequantiseQ81, quantise: quantiseQ81},
	Q2_K: {dequantiseQ2K, quantiseQ2K, roundQ2K},
	Q3_K: {dequantiseQ3K, quantiseQ3K, roundQ3K},
	Q4_K: {dequantiseQ4K, q4k.quantise, q4k.round},
	Q5_K: {dequantiseQ5K, q5k.quantise, q5k.round},
	Q6_K: {dequantiseQ6K, quantiseQ6K, roundQ6K},
	Q8_K: {dequantise: dequantiseQ8K, quantise: quantiseQ8K},
}

func fromF32(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
	}
}

func toF32(_ *Quantiser, dst []byte, src []float32) {
	for i, v := range src {
		binary.LittleEndian.PutUint32(dst[4*i:], math.Float32bits(v))
	}
}

func fromF16(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = float.F16(binary.LittleEndian.Uint16(src[2*i:]))
	}
}

func toF16(_ *Quantiser, dst []byte, src []float32) {
	for i, v := range src {
		binary.LittleEndian.PutUint16(dst[2*i:], float.ToF16(v))
	}
}

func fromBF16(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = float.BF16(binary.LittleEndian.Uint16(src[2*i:]))
	}
}

func toBF16(_ *Quantiser, dst []byte, src []float32) {
	for i, v := range src {
		binary.LittleEndian.PutUint16(dst[2*i:], float.ToBF16(v))
	}
}
