package ggml_test

import (
	"bytes"
	"math/bits"
	"strings"
	"testing"

	"dits/formats/ggml"
)

// TestCorpusHints holds that hints bring back the blocks of the corpus's source, in
// every way of quantising, and says how many the last bit alone brings back.
func TestCorpusHints(t *testing.T) {
	weights, tensors := readImatrix(t), readTensors(t, "base-F16.gguf")
	for _, name := range []string{"blk.0.attn_v.weight", "blk.3.attn_q.weight"} {
		x := tensors[name]
		for _, kind := range []ggml.Type{ggml.Q2_K, ggml.Q4_K, ggml.Q5_K, ggml.Q6_K} {
			for _, q := range []*ggml.Quantiser{
				{Type: kind, Columns: x.columns}, {Type: kind, Columns: x.columns, Fused: true},
				{Type: kind, Columns: x.columns, Weights: weights[name]},
			} {
				src := x.values(t)
				searched := quantised(t, q, src)
				hinted, hints := make([]byte, len(searched)), make([]uint64, len(src)/kind.HintElems())
				if err := q.Hints(hinted, src, hints); err != nil || !bytes.Equal(hinted, searched) {
					t.Fatalf("%s: %v: not the blocks of Rows: %v", name, kind, err)
				}
				if err := q.Hinted(hinted, src, hints); err != nil || !bytes.Equal(hinted, searched) {
					t.Errorf("%s: %v: %d blocks differ, %v", name, kind, differing(hinted, searched, kind), err)
				}
				for i, h := range hints {
					hints[i] = 1 << bits.Len64(h) >> 1
				}
				if err := q.Hinted(hinted, src, hints); err != nil {
					t.Fatal(err)
				}
				n := differing(hinted, searched, kind)
				if kind == ggml.Q6_K && n > 0 {
					t.Errorf("%s: %v: %d blocks differ", name, kind, n)
				}
				t.Logf("%s: %v, weighted %t, fused %t: the last candidate alone misses %d of %d blocks, %d of %d bytes",
					name, kind, q.Weights != nil, q.Fused, n, len(searched)/int(kind.BlockBytes()), differingBytes(hinted, searched), len(searched))
			}
		}
	}
}

// TestHintsCanBeAnything holds that wrong hints do no harm.
func TestHintsCanBeAnything(t *testing.T) {
	for _, s := range append(hostile(), sources()...) {
		for _, kind := range []ggml.Type{ggml.Q2_K, ggml.Q4_K, ggml.Q5_K, ggml.Q6_K} {
			hints := make([]uint64, len(s.rows)/kind.HintElems())
			for i := range hints {
				hints[i] = 0x9e3779b97f4a7c15 * uint64(i)
			}
			q := ggml.Quantiser{Type: kind, Columns: s.columns}
			if err := q.Hinted(make([]byte, len(s.rows)/256*int(kind.BlockBytes())), s.rows, hints); err != nil {
				t.Error(err)
			}
		}
	}
	q := ggml.Quantiser{Type: ggml.Q3_K, Columns: 256}
	if err := q.Hints(nil, nil, nil); err == nil || !strings.Contains(err.Error(), "no hints for Q3_K") {
		t.Errorf("got %v", err)
	}
	q.Type = ggml.Q4_K
	if err := q.Hinted(make([]byte, 144), make([]float32, 256), make([]uint64, 7)); err == nil || !strings.Contains(err.Error(), "7 hints for 256 values") {
		t.Errorf("got %v", err)
	}
}

func differingBytes(got, want []byte) (n int) {
	for i, b := range want {
		if got[i] != b {
			n++
		}
	}
	return n
}
