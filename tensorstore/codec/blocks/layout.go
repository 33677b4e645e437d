package blocks

import "dits/formats/ggml"

// knownBlock is what is known of a type's block beyond its fields: the planes of its quants and
// of its scales but F16, and the rule of its steps.
type knownBlock struct {
	quants, scales []plane
	steps          stepRule
}

// knownPlanes follow the block structs and dequantize_row functions of ggml (ggml-common.h,
// ggml-quants.c, MIT). Symbols are in the order of the weights; quants of other types are
// indices into grids, coded as bytes.
var knownPlanes = map[ggml.Type]knownBlock{
	ggml.Q4_0:   {quants: quantPlane(4, 32, 0, nibbles(2, 16, 32)), steps: centredSteps(0, 8)},
	ggml.Q4_1:   {quants: quantPlane(4, 32, 0, nibbles(4, 16, 32)), steps: offsetSteps(0, 2)},
	ggml.Q5_0:   {quants: quantPlane(5, 32, 0, nibbles(6, 16, 32), bitsBeside(2, 32, 4)), steps: centredSteps(0, 16)},
	ggml.Q5_1:   {quants: quantPlane(5, 32, 0, nibbles(8, 16, 32), bitsBeside(4, 32, 4)), steps: offsetSteps(0, 2)},
	ggml.Q8_0:   {quants: quantPlane(8, 32, 0x80, octets(2, 32)), steps: centredSteps(0, 128)},
	ggml.Q8_1:   {quants: quantPlane(8, 32, 0x80, octets(4, 32)), steps: centredSteps(0, 128)},
	ggml.IQ4_NL: {quants: quantPlane(4, 32, 0, nibbles(2, 16, 32)), steps: indexSteps(0)},
	ggml.MXFP4:  {quants: quantPlane(4, 32, 0, nibbles(1, 16, 32)), steps: stepRule{group: 32, fill: fillMXFP4}},
	ggml.TQ2_0:  {quants: quantPlane(2, 256, 0, crumbs(0, 64, 0)), steps: ternarySteps},
	ggml.Q2_K:   {quants: quantPlane(2, 256, 0, crumbs(16, 64, 0)), scales: planeOf(4, 32, 0, low(0, 0, 16), high(16, 0, 16)), steps: stepRule{16, true, true, fillQ2K}},
	ggml.Q3_K:   {quants: quantPlane(3, 256, 0, crumbs(32, 64, 0), bitsAbove(0, 32, 2)), scales: planeOf(6, 16, 0, scalesQ3K()), steps: stepRule{16, true, false, fillQ3K}},
	ggml.Q4_K:   {quants: quantPlane(4, 256, 0, nibbles(16, 32, 256)), scales: scalesQ4K(), steps: stepRule{32, true, true, fillQ4K}},
	ggml.Q5_K:   {quants: quantPlane(5, 256, 0, nibbles(48, 32, 256), bitsAbove(16, 32, 4)), scales: scalesQ4K(), steps: stepRule{32, true, true, fillQ4K}},
	ggml.Q6_K:   {quants: quantPlane(6, 256, 0, nibblesQ6K(), crumbs(128, 64, 4)), scales: planeOf(8, 16, 0x80, octets(192, 16)), steps: stepRule{16, true, false, fillQ6K}},
	ggml.Q8_K:   {quants: quantPlane(8, 256, 0x80, octets(4, 256)), steps: stepRule{256, true, false, fillQ8K}},
	ggml.IQ4_XS: {quants: quantPlane(4, 256, 0, nibbles(8, 16, 256)), scales: planeOf(6, 8, 0, scalesIQ4XS()), steps: stepRule{32, false, false, fillIQ4XS}},
}

// quantPlane is the plane of n quants of some bits.
func quantPlane(bits, n int, flip uint8, moves ...[]move) []plane {
	p := planeOf(bits, n, flip, moves...)
	p[0].context = contextSteps
	p[0].pairs = bits < 4
	return p
}

func planeOf(bits, n int, flip uint8, moves ...[]move) []plane {
	p := plane{n: n, bits: bits, flip: flip}
	for _, m := range moves {
		p.moves = append(p.moves, m...)
	}
	return []plane{p}
}

// octets are n whole bytes.
func octets(off, n int) []move { return []move{{n: n, off: off, mask: 255}} }

// low and high are the nibbles of n bytes for the symbols from at on.
func low(at, off, n int) []move  { return []move{{at: at, n: n, off: off, mask: 15}} }
func high(at, off, n int) []move { return []move{{at: at, n: n, off: off, shift: 4, mask: 15}} }

// nibbles are n symbols of half a byte: of each run of so many bytes the low nibbles, then the high ones.
func nibbles(off, run, n int) (all []move) {
	for at := 0; at < n; at += 2 * run {
		all = append(all, low(at, off+at/2, run)...)
		all = append(all, high(at+run, off+at/2, run)...)
	}
	return all
}

// crumbs are quarters of n bytes: of each run of 32 bytes the lowest two bits, then the next.
func crumbs(off, n int, up uint8) (all []move) {
	for at := 0; at < 4*n; at += 32 {
		all = append(all, move{at: at, n: 32, off: off + at/128*32, shift: uint8(at / 32 % 4 * 2), mask: 3, up: up})
	}
	return all
}

// nibblesQ6K are the low four bits of Q6_K: of each run of 64 bytes the low nibbles, then the high ones.
func nibblesQ6K() []move { return nibbles(0, 64, 256) }

// bitsBeside are the single bits of n symbols, eight a byte.
func bitsBeside(off, n int, up uint8) []move {
	return []move{{n: n, off: off, mask: 1, up: up, spread: true}}
}

// bitsAbove are single bits of 8n symbols: the lowest of n bytes, then the next.
func bitsAbove(off, n int, up uint8) (all []move) {
	for b := range 8 {
		all = append(all, move{at: b * n, n: n, off: off, shift: uint8(b), mask: 1, up: up})
	}
	return all
}

// scalesQ4K are the eight steps and then the eight offsets of Q4_K and Q5_K, six bits each in twelve bytes
// (get_scale_min_k4).
func scalesQ4K() []plane {
	steps := planeOf(6, 8, 0, []move{
		{n: 4, off: 4, mask: 63}, {at: 4, n: 4, off: 12, mask: 15}, {at: 4, n: 4, off: 4, shift: 6, mask: 3, up: 4}})
	offsets := planeOf(6, 8, 0, []move{
		{n: 4, off: 8, mask: 63}, {at: 4, n: 4, off: 12, shift: 4, mask: 15}, {at: 4, n: 4, off: 8, shift: 6, mask: 3, up: 4}})
	return append(steps, offsets...)
}

// scalesQ3K are the sixteen steps of Q3_K, six bits each: eight bytes of nibbles, then four with the upper two.
func scalesQ3K() []move {
	all := append(low(0, 96, 8), high(8, 96, 8)...)
	for k := range 4 {
		all = append(all, move{at: 4 * k, n: 4, off: 104, shift: uint8(2 * k), mask: 3, up: 4})
	}
	return all
}

// scalesIQ4XS are the eight steps of IQ4_XS, those of even groups first: four bytes of nibbles after the
// two bytes with the upper two bits of each.
func scalesIQ4XS() []move {
	all := append(low(0, 4, 4), high(4, 4, 4)...)
	for g := range 8 {
		all = append(all, move{at: g/2 + g%2*4, n: 1, off: 2 + g/4, shift: uint8(g % 4 * 2), mask: 3, up: 4})
	}
	return all
}
