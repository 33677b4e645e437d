package ggml

import "math"

// iqArithmetics has the types whose quants index a table, those of a few trits or
// bits, and those of four-bit floats.
var iqArithmetics = map[Type]arithmetic{
	IQ1_S:   {dequantise: blockwise(IQ1_S, fromIQ1S)},
	IQ1_M:   {dequantise: blockwise(IQ1_M, fromIQ1M)},
	IQ2_XXS: {dequantise: blockwise(IQ2_XXS, fromIQ2XXS), quantise: toIQ2XXS},
	IQ2_XS:  {dequantise: blockwise(IQ2_XS, fromIQ2XS), quantise: toIQ2XS},
	IQ2_S:   {dequantise: blockwise(IQ2_S, fromIQ2S), quantise: toIQ2S},
	IQ3_XXS: {dequantise: blockwise(IQ3_XXS, fromIQ3XXS), quantise: toIQ3XXS},
	IQ3_S:   {dequantise: blockwise(IQ3_S, fromIQ3S), quantise: toIQ3S},
	IQ4_NL:  {blockwise(IQ4_NL, fromIQ4NL), toIQ4NL, roundBlocks(IQ4_NL, roundIQ4NL)},
	IQ4_XS:  {blockwise(IQ4_XS, fromIQ4XS), toIQ4XS, roundBlocks(IQ4_XS, roundIQ4XS)},
	TQ1_0:   {blockwise(TQ1_0, fromTQ1), toTQ1, roundBlocks(TQ1_0, roundTQ1)},
	TQ2_0:   {blockwise(TQ2_0, fromTQ2), toTQ2, roundBlocks(TQ2_0, roundTQ2)},
	MXFP4:   {blockwise(MXFP4, fromMXFP4), toMXFP4, roundBlocks(MXFP4, roundMXFP4)},
	NVFP4:   {blockwise(NVFP4, fromNVFP4), toNVFP4, roundBlocks(NVFP4, roundNVFP4)},
	Q1_0:    {blockwise(Q1_0, fromQ1), toQ1, roundBlocks(Q1_0, roundQ1)},
	Q2_0:    {blockwise(Q2_0, fromQ2), toQ2, roundBlocks(Q2_0, roundQ2)},
}

// blockwise returns the function that calls one for each block of type t.
func blockwise(t Type, one func(values []float32, block []byte)) func(dst []float32, src []byte) {
	elems, size := int(t.BlockElems()), int(t.BlockBytes())
	return func(dst []float32, src []byte) {
		for ; len(dst) > 0; dst, src = dst[elems:], src[size:] {
			one(dst[:elems:elems], src[:size:size])
		}
	}
}

// roundBlocks is blockwise for rounding.
func roundBlocks(t Type, one func(block []byte, values []float32)) func(dst []byte, src []float32) {
	elems, size := int(t.BlockElems()), int(t.BlockBytes())
	return func(dst []byte, src []float32) {
		for ; len(src) > 0; dst, src = dst[size:], src[elems:] {
			one(dst[:size:size], src[:elems:elems])
		}
	}
}

// settleNaNs makes the NaNs of a block equal if its scale is infinite or a NaN:
// processors disagree on the sign and the payload of what they compute then.
func settleNaNs(values []float32, scale float32) {
	if scale-scale == 0 {
		return
	}
	for i, v := range values {
		if v != v {
			values[i] = canonicalNaN
		}
	}
}

// signed returns v with its sign flipped if the lowest bit of flip is set.
func signed(v float32, flip uint8) float32 {
	return math.Float32frombits(math.Float32bits(v) ^ uint32(flip)<<31)
}

// wantsWeights reports whether upstream has no quantiser of t without an importance
// matrix (ggml_quantize_requires_imatrix).
func wantsWeights(t Type) bool { return t == IQ1_S || t == IQ2_XXS || t == IQ2_XS }
