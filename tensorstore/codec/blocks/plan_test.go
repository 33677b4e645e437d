package blocks

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"dits/formats/ggml"
	"dits/tensorstore/codec/blocks/blockstest"
	"dits/tensorstore/codec/entropy"
)

func noise(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// TestPlanes holds that the planes of a block have each of its bits once.
func TestPlanes(t *testing.T) {
	r := rand.New(rand.NewPCG(35, 1))
	for _, kind := range blockstest.Types() {
		plan := plans[kind]
		planes := append(plan.scales[:len(plan.scales):len(plan.scales)], plan.quants...)
		if got := planesBytes(planes); got != plan.size {
			t.Errorf("%v: planes of %d bytes, want %d", kind, got, plan.size)
		}
		for _, p := range planes {
			if n := p.n * p.step(); n < 1 || n > batchSymbols || n%(2*entropy.MaxLanes) != 0 || p.n > 256 {
				t.Errorf("%v: batches of %d symbols, %d a block", kind, n, p.n)
			}
		}
		for range 20 {
			src, dst := noise(r, plan.size), noise(r, plan.size)
			for _, p := range planes {
				if p.context == contextHalf {
					copy(dst[p.off16:p.off16+2], src[p.off16:])
					continue
				}
				sym := noise(r, p.n)
				p.take(sym, src)
				for i, x := range sym {
					if int(x)>>p.bits != 0 {
						t.Fatalf("%v: symbol %d is %d, want %d bits", kind, i, x, p.bits)
					}
				}
				p.put(dst, sym)
			}
			if !bytes.Equal(dst, src) {
				t.Fatalf("%v: planes make\n%x of\n%x", kind, dst, src)
			}
		}
	}
}

// TestScales holds that scales are what the planes of scales have, and nothing else.
func TestScales(t *testing.T) {
	for _, kind := range blockstest.Types() {
		plan := plans[kind]
		n := 0
		for _, r := range plan.scaleBytes {
			n += r.end - r.off
		}
		if got := planesBytes(plan.scales); got != n {
			t.Errorf("%v: planes of %d bytes, want %d", kind, got, n)
		}
		src, zero := bytes.Repeat([]byte{0xff}, plan.size), make([]byte, plan.size)
		if plan.sameScales(src, zero) && n > 0 {
			t.Errorf("%v: scales are the same", kind)
		}
		plan.copyScales(zero, src)
		if !plan.sameScales(src, zero) || bytes.Count(zero, []byte{0xff}) != n {
			t.Errorf("%v: %x has the scales, want %d bytes", kind, zero, n)
		}
	}
}

// TestSteps holds that steps say what the library's dequantisers say.
func TestSteps(t *testing.T) {
	r := rand.New(rand.NewPCG(36, 1))
	for _, kind := range blockstest.Types() {
		rule, p := &plans[kind].steps, &plans[kind].quants[0]
		if rule.group == 0 {
			continue
		}
		if int64(p.n) != kind.BlockElems() {
			t.Fatalf("%v: %d quants", kind, p.n)
		}
		for range 50 {
			block := noise(r, int(kind.BlockBytes()))
			checkSteps(t, kind, block)
		}
	}
}

func checkSteps(t *testing.T, kind ggml.Type, block []byte) {
	t.Helper()
	var s groupSteps
	rule, p := &plans[kind].steps, &plans[kind].quants[0]
	rule.fill(&s, block)
	q, v := make([]byte, p.n), make([]float32, p.n)
	p.take(q, block)
	if err := kind.Dequantise(v, block); err != nil {
		if kind == ggml.Q8_1 || kind == ggml.Q8_K {
			return // of activations, not of weights: the library has no reader
		}
		t.Fatal(err)
	}
	for i := range v {
		g := s[i/rule.group]
		if !rule.linear {
			if (g.step == 0) != (v[i] == 0) && q[i]&7 != 0 {
				t.Fatalf("%v: value %d is %g, step %g", kind, i, v[i], g.step)
			}
			continue
		}
		want := float32(g.step*float32(q[i])) + g.low
		if diff := want - v[i]; diff > 1e-5*max(want, -want, v[i], -v[i], g.low, -g.low) || diff < -1e-5*max(want, -want, v[i], -v[i], g.low, -g.low) {
			t.Fatalf("%v: value %d is %g, want %g of quant %d, step %+v", kind, i, v[i], want, q[i], g)
		}
	}
}
