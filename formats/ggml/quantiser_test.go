package ggml_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"dits/formats/ggml"
)

func TestQuantiserRefusals(t *testing.T) {
	for want, try := range map[string]func() error{
		"no quantiser for I32": func() error {
			return (&ggml.Quantiser{Type: ggml.I32, Columns: 1}).Rows(make([]byte, 4), make([]float32, 1))
		},
		"no quantiser for type 99": func() error {
			return (&ggml.Quantiser{Type: 99, Columns: 1}).Rows(nil, nil)
		},
		"row of 100 values, want whole Q4_K blocks of 256": func() error {
			return (&ggml.Quantiser{Type: ggml.Q4_K, Columns: 100}).Rows(nil, make([]float32, 100))
		},
		"row of -256 values": func() error {
			return (&ggml.Quantiser{Type: ggml.Q4_K, Columns: -256}).Rows(nil, nil)
		},
		"255 weights for rows of 256": func() error {
			return (&ggml.Quantiser{Type: ggml.Q4_K, Columns: 256, Weights: make([]float32, 255)}).Rows(nil, nil)
		},
		"256 values are no rows of 512": func() error {
			return (&ggml.Quantiser{Type: ggml.Q4_K, Columns: 512}).Rows(make([]byte, 144), make([]float32, 256))
		},
		"0 values are no rows of 0": func() error { return (&ggml.Quantiser{Type: ggml.Q4_K}).Rows(nil, nil) },
		"256 values and 143 bytes": func() error {
			return (&ggml.Quantiser{Type: ggml.Q4_K, Columns: 256}).Rows(make([]byte, 143), make([]float32, 256))
		},
		"no dequantiser for I64":      func() error { return ggml.I64.Dequantise(nil, nil) },
		"32 values and 36 bytes":      func() error { return ggml.Q4_0.Dequantise(make([]float32, 32), make([]byte, 36)) },
		"no rounding to F32":          func() error { return ggml.F32.Round(nil, nil) },
		"64 values and 18 bytes":      func() error { return ggml.Q4_0.Round(make([]byte, 18), make([]float32, 64)) },
		"want whole Q8_0 blocks of 3": func() error { return ggml.Q8_0.Round(make([]byte, 33), make([]float32, 33)) },
	} {
		if err := try(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestPayloadsDoNotMatter holds that all NaNs give the same blocks, in the source and
// in the importances, and that the caller's slices stay as they are.
func TestPayloadsDoNotMatter(t *testing.T) {
	plain, odd := gaussian(512), gaussian(512)
	for i := 0; i < len(plain); i += 37 {
		plain[i] = float32(math.NaN())
		odd[i] = math.Float32frombits(0x7f800001 + uint32(i)*0x1234)
	}
	before := floatBytes(odd)
	for _, kind := range coreKinds {
		for _, fused := range []bool{false, true} {
			a := quantised(t, &ggml.Quantiser{Type: kind, Columns: 512, Weights: plain, Fused: fused}, plain)
			b := quantised(t, &ggml.Quantiser{Type: kind, Columns: 512, Weights: odd, Fused: fused}, odd)
			if !bytes.Equal(a, b) {
				t.Errorf("%v: payloads change the blocks", kind)
			}
			if !kind.CanRound() {
				continue
			}
			if kind.Round(a, plain) != nil || kind.Round(b, odd) != nil || !bytes.Equal(a, b) {
				t.Errorf("%v: payloads change how it rounds", kind)
			}
		}
	}
	if !bytes.Equal(before, floatBytes(odd)) {
		t.Error("the source changed")
	}
}

// TestHalves holds the conversions to every binary16 number: each comes back from
// float32 as it was, NaNs quiet and without payload.
func TestHalves(t *testing.T) {
	raw := make([]byte, 0, 1<<17)
	for h := range 1 << 16 {
		raw = append(raw, byte(h), byte(h>>8))
	}
	values := dequantised(t, ggml.F16, raw)
	back := quantised(t, &ggml.Quantiser{Type: ggml.F16, Columns: 1 << 16}, values)
	for h := range 1 << 16 {
		want := uint16(h)
		if want&0x7fff > 0x7c00 {
			want = want&0x8000 | 0x7e00
		}
		if got := uint16(back[2*h]) | uint16(back[2*h+1])<<8; got != want {
			t.Fatalf("%04x became %v and %04x", h, values[h], got)
		}
	}
}

// TestUsesWeights holds that weights change the blocks of just those types of which it is said.
func TestUsesWeights(t *testing.T) {
	const columns, rows = 256, 8
	src := gaussian(columns * rows)
	flat, steep := make([]float32, columns), make([]float32, columns)
	for i := range flat {
		flat[i], steep[i] = 1, float32(1+i*i%977)
	}
	for _, kind := range ggml.Types() {
		if !kind.CanQuantise() {
			if kind.UsesWeights() {
				t.Errorf("%v uses weights, and cannot be quantised", kind)
			}
			continue
		}
		blocks := func(weights []float32) []byte {
			dst := make([]byte, int64(len(src))/kind.BlockElems()*kind.BlockBytes())
			if err := (&ggml.Quantiser{Type: kind, Columns: columns, Weights: weights}).Rows(dst, src); err != nil {
				t.Fatal(err)
			}
			return dst
		}
		if got, want := kind.UsesWeights(), !bytes.Equal(blocks(flat), blocks(steep)); got != want {
			t.Errorf("%v: UsesWeights is %v, want %v", kind, got, want)
		}
	}
}
