package ggml

import "math"

// What a fused build computes was found by comparing with one (gcc 12, -O3
// -march=haswell). gcc fuses a product into a sum where all uses of the product are
// sums, so not w·l, which has three; of two products in a difference it fuses the
// first unless that has been used already; and not where a loop is vectorised,
// because then the products are vectors and the sums, whose order it must keep, are
// not: the sums of squares, and those over the candidates of symmetric.

// mulAdd returns a·b + c, fused or not.
func mulAdd(fused bool, a, b, c float32) float32 {
	if fused {
		return fma32(a, b, c)
	}
	return float32(a*b) + c
}

// nearestProduct returns nearestInt of a·b, whose first step is a sum.
func nearestProduct(fused bool, a, b float32) int32 {
	if fused {
		return int32(math.Float32bits(fma32(a, b, 12582912))&0x7fffff) - 0x400000
	}
	return nearestInt(float32(a * b))
}

// fma32 returns a·b + c rounded once to float32, in software: the same on every
// processor.
func fma32(a, b, c float32) float32 {
	product := float64(a) * float64(b) // exact: 48 bits
	sum := product + float64(c)
	// Rounding sum again to 24 bits is wrong only if sum is halfway between two
	// float32 and was not exact. Halfway, its low 28 bits are zeros.
	if math.Float64bits(sum)&(1<<28-1) != 0 {
		return float32(sum)
	}
	return float32(roundToOdd(product, float64(c), sum))
}

// roundToOdd returns sum, which is a+b rounded to nearest, or its neighbour on the
// side of a+b if sum is not exact and its last bit is 0: rounding the result to
// fewer bits is as good as rounding a+b (Boldo and Melquiond, "When double
// rounding is odd").
func roundToOdd(a, b, sum float64) float64 {
	rest := sum - a // Knuth's two-sum: lost is a + b − sum
	lost := (a - (sum - rest)) + (b - rest)
	bits := math.Float64bits(sum)
	if !(lost > 0 || lost < 0) || bits&1 == 1 {
		return sum
	}
	if (lost > 0) == (sum > 0) {
		return math.Float64frombits(bits + 1)
	}
	return math.Float64frombits(bits - 1)
}
