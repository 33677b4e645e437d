package codec

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"dits/formats/ggml"
	"dits/formats/gguf"
	"dits/tensorstore/codec/blocks/blockstest"
)

// A quantTensor is a tensor of quant blocks of the corpus.
type quantTensor struct {
	name        string
	kind        ggml.Type
	rows, width int64 // in weights
	data        []byte
}

// quants reads the tensors of a GGUF file that have blocks, in their order there.
func quants(tb testing.TB, name string) (ts []quantTensor) {
	tb.Helper()
	if underRace {
		tb.Skip("size figures are checked without the race detector: make corpus")
	}
	b, err := os.ReadFile(filepath.Join("../../../shared/corpus/gguf", name+".gguf"))
	if err != nil {
		tb.Skip("the corpus of real weights is not on this machine:", err)
	}
	h, err := gguf.ReadHeader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		tb.Fatal(err)
	}
	for _, x := range h.Tensors {
		t := quantTensor{name: x.Name, rows: 1, width: x.Shape[len(x.Shape)-1], data: b[x.Off : x.Off+x.Len]}
		for _, d := range x.Shape[:len(x.Shape)-1] {
			t.rows *= d
		}
		kind, _ := ggml.ByName(string(x.DType))
		if t.kind = kind; kind.BlockElems() > 1 {
			ts = append(ts, t)
		}
	}
	return ts
}

// values are the weights of t as F32.
func (t quantTensor) values(tb testing.TB) (b []byte) {
	tb.Helper()
	v := make([]float32, t.rows*t.width)
	if err := t.kind.Dequantise(v, t.data); err != nil {
		tb.Fatal(err)
	}
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// activity measures the weights of t, or what they differ from pred.
func (t quantTensor) activity(tb testing.TB, pred *quantTensor, mode Mode) *Activity {
	m := NewMeter(F32, t.rows, t.width, mode)
	var p []byte
	if pred != nil {
		p = pred.values(tb)
	}
	m.Add(t.values(tb), p, 0)
	return m.Activity()
}

// coded is the size of t in chunks.
func (t quantTensor) coded(tb testing.TB, pred *quantTensor, act *Activity) (size int) {
	tb.Helper()
	if act != nil {
		size += len(act.Append(nil))
	}
	per := int(t.kind.BlockBytes())
	chunk := corpusChunk / per * per
	for at := 0; at < len(t.data); at += chunk {
		end := min(at+chunk, len(t.data))
		in := Input{Elem: BlockElem(t.kind), First: int64(at / per), Width: t.width, Act: act}
		if pred != nil {
			in.Pred = pred.data[at:end]
		}
		enc, ok := blocksCodec{}.Encode(nil, t.data[at:end], in)
		if !ok {
			size += end - at
			continue
		}
		size += len(enc)
		dst := bytes.Repeat([]byte{0xa5}, end-at)
		if err := (blocksCodec{}).Decode(dst, enc, in); err != nil || !bytes.Equal(dst, t.data[at:end]) {
			tb.Fatalf("%s at %d: decodes to other bytes: %v", t.name, at, err)
		}
	}
	return size
}

// best is the size of t with the activity that makes it smallest, and plain that without.
func (t quantTensor) best(tb testing.TB, pred *quantTensor) (plain, best int) {
	plain = t.coded(tb, pred, nil)
	best = plain
	for _, mode := range []Mode{RowColScales, ColScales} {
		if act := t.activity(tb, pred, mode); act != nil {
			best = min(best, t.coded(tb, pred, act))
		}
	}
	return plain, best
}

// TestCorpusBlocks holds the sizes of files alone.
func TestCorpusBlocks(t *testing.T) {
	for _, tc := range []struct {
		name       string
		most, with float64 // percent of the blocks' bytes
	}{
		{"base-Q8_0", 93.5, 90.7}, {"base-Q6_K", 95.8, 92.1}, {"base-Q5_K_M", 95.4, 91.4}, {"base-Q4_K_M", 94.9, 90.4}, {"base-Q4_K_S", 94.8, 90.2},
		{"base-Q4_0", 91.9, 87.1}, {"base-Q3_K_M", 95.1, 89.9}, {"base-Q2_K", 94.5, 88.4}, {"base-IQ4_XS", 96.2, 91.2}, {"base-Q4_K_M-imatrix", 94.9, 90.4},
	} {
		var total, plain, best int
		for _, x := range quants(t, tc.name) {
			total += len(x.data)
			a, b := x.best(t, nil)
			plain, best = plain+a, best+b
		}
		a, b := 100*float64(plain)/float64(total), 100*float64(best)/float64(total)
		t.Logf("%s: %.2f%% alone, %.2f%% with activity", tc.name, a, b)
		if a > tc.most || b > tc.with {
			t.Errorf("%s takes %.2f%%, %.2f%% with activity; want at most %.2f%%, %.2f%%", tc.name, a, b, tc.most, tc.with)
		}
	}
}

// TestCorpusBlocksPredicted holds the sizes of quants of a fine-tune against those of its base.
func TestCorpusBlocksPredicted(t *testing.T) {
	for _, tc := range []struct {
		name, base string
		most, with float64 // percent of the blocks' bytes
	}{
		{"ft-py-Q8_0", "base-Q8_0", 52.1, 48.6},
		{"ft-py-Q4_K_M", "base-Q4_K_M", 34.5, 31.4},
	} {
		var total, plain, best int
		base := quants(t, tc.base)
		for i, x := range quants(t, tc.name) {
			total += len(x.data)
			a, b := x.best(t, &base[i])
			plain, best = plain+a, best+b
		}
		a, b := 100*float64(plain)/float64(total), 100*float64(best)/float64(total)
		t.Logf("%s: %.2f%%, %.2f%% with activity", tc.name, a, b)
		if a > tc.most || b > tc.with {
			t.Errorf("%s takes %.2f%%, %.2f%% with activity; want at most %.2f%%, %.2f%%", tc.name, a, b, tc.most, tc.with)
		}
	}
}

func BenchmarkBlocks(b *testing.B) {
	for _, tc := range []struct{ name, file, base string }{
		{"Q8_0", "base-Q8_0", ""}, {"Q6_K", "base-Q6_K", ""}, {"Q4_K", "base-Q4_K_S", ""}, {"Q5_K", "base-Q5_K_M", ""}, {"Q4_0", "base-Q4_0", ""},
		{"Q3_K", "base-Q3_K_M", ""}, {"Q2_K", "base-Q2_K", ""},
		{"Q8_0", "ft-py-Q8_0", "base-Q8_0"}, {"Q4_K", "ft-py-Q4_K_M", "base-Q4_K_M"},
	} {
		var src, pred []byte // all tensors of the type
		kind, _ := ggml.ByName(tc.name)
		for _, x := range quants(b, tc.file) {
			if x.kind == kind {
				src = append(src, x.data...)
			}
		}
		in := Input{Elem: BlockElem(kind)}
		src = src[:min(len(src), corpusChunk/in.Elem.Size()*in.Elem.Size())]
		if tc.base != "" {
			for _, x := range quants(b, tc.base) {
				if x.kind == kind {
					pred = append(pred, x.data...)
				}
			}
			in.Pred = pred[:len(src)]
		}
		b.Run(tc.file+"/"+tc.name, func(b *testing.B) { benchmarkBlocks(b, src, in) })
	}
}

// BenchmarkBlocksGuided has a guide that is right, and costs a copy.
func BenchmarkBlocksGuided(b *testing.B) {
	src := blockstest.Pattern(ggml.Q4_K, corpusChunk/144, 0)
	g := blockstest.Guide{Kind: ggml.Q4_K, Blocks: src}
	benchmarkBlocks(b, src, Input{Elem: BlockElem(ggml.Q4_K), Guide: g})
}

func benchmarkBlocks(b *testing.B, src []byte, in Input) {
	c := blocksCodec{}
	enc, ok := c.Encode(nil, src, in)
	if !ok {
		b.Fatal("does not apply")
	}
	run := func(name string, f func()) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			t := cpuSeconds(b)
			for b.Loop() {
				f()
			}
			b.ReportMetric(float64(b.N)*float64(len(src))/1e6/(cpuSeconds(b)-t), "MB/cpu-s")
			b.ReportMetric(100*float64(len(enc))/float64(len(src)), "percent")
		})
	}
	run("encode", func() { enc, _ = c.Encode(enc[:0], src, in) })
	dst := make([]byte, len(src))
	run("decode", func() {
		if err := c.Decode(dst, enc, in); err != nil {
			b.Fatal(err)
		}
	})
	if !bytes.Equal(dst, src) {
		b.Fatal("other bytes")
	}
}
