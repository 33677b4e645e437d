package codec

import (
	"bytes"
	"testing"

	"dits/cpu"
)

// benchmark measures c on one tensor of the corpus in chunks of 512 KiB.
func benchmark(b *testing.B, c Codec, file, tensor string, withBase, withAct bool) {
	find := func(name string) corpusTensor {
		for _, t := range corpus(b, name) {
			if t.name == tensor {
				return t
			}
		}
		b.Fatal("no tensor " + tensor)
		return corpusTensor{}
	}
	ten, base := find(file), corpusTensor{}
	if withBase {
		base = find("base")
	}
	in := Input{Elem: BF16, Width: ten.width}
	if withAct {
		in.Act = measure(ten, base, RowColScales)
	}
	src := ten.data[:min(corpusChunk, len(ten.data))]
	if withBase {
		in.Pred = base.data[:len(src)]
	}
	enc, ok := c.Encode(nil, src, in)
	if !ok {
		b.Fatal("does not apply")
	}
	bitsPer := 16 * float64(len(enc)) / float64(len(src))
	b.Run("encode", func(b *testing.B) {
		b.SetBytes(int64(len(src)))
		b.ReportAllocs()
		t := cpuSeconds(b)
		for b.Loop() {
			enc, _ = c.Encode(enc[:0], src, in)
		}
		b.ReportMetric(float64(b.N)*float64(len(src))/1e6/(cpuSeconds(b)-t), "MB/cpu-s")
		b.ReportMetric(bitsPer, "bits/weight")
	})
	b.Run("decode", func(b *testing.B) {
		dst := make([]byte, len(src))
		b.SetBytes(int64(len(src)))
		b.ReportAllocs()
		t := cpuSeconds(b)
		for b.Loop() {
			if err := c.Decode(dst, enc, in); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)*float64(len(src))/1e6/(cpuSeconds(b)-t), "MB/cpu-s")
		b.ReportMetric(bitsPer, "bits/weight")
		if !bytes.Equal(dst, src) {
			b.Fatal("other bytes")
		}
	})
}

const (
	embedding = "model.embed_tokens.weight"
	gate      = "model.layers.2.mlp.gate_proj.weight"
	query     = "model.layers.2.self_attn.q_proj.weight"
)

// inKernels runs f in each kernel this machine has.
func inKernels(b *testing.B, f func(*testing.B, kernel)) {
	for _, k := range []struct {
		name string
		k    kernel
	}{{"avx512", kernelAVX512}, {"avx2", kernelAVX2}, {"go", kernelGo}} {
		if cpu.Level(k.k) <= machine {
			b.Run(k.name, func(b *testing.B) { f(b, k.k) })
		}
	}
}

func BenchmarkFields(b *testing.B) {
	inKernels(b, func(b *testing.B, k kernel) {
		c := fieldsCodec{k}
		b.Run("embedding", func(b *testing.B) { benchmark(b, c, "base", embedding, false, true) })
		b.Run("gate", func(b *testing.B) { benchmark(b, c, "base", gate, false, false) })
		b.Run("query", func(b *testing.B) { benchmark(b, c, "base", query, false, true) })
	})
}

func BenchmarkDelta(b *testing.B) {
	inKernels(b, func(b *testing.B, k kernel) {
		c := deltaCodec{k}
		b.Run("plain", func(b *testing.B) { benchmark(b, c, "ft-perl-2e5", gate, true, false) })
		b.Run("activity", func(b *testing.B) { benchmark(b, c, "ft-perl-2e5", gate, true, true) })
		b.Run("small", func(b *testing.B) { benchmark(b, c, "ft-perl-2e5", query, true, true) })
		b.Run("lora", func(b *testing.B) { benchmark(b, c, "merged-lora", query, true, true) })
	})
}

func BenchmarkMeter(b *testing.B) {
	ten, base := corpus(b, "ft-perl-2e5")[0], corpus(b, "base")[0]
	inKernels(b, func(b *testing.B, k kernel) {
		m := NewMeter(BF16, ten.rows, ten.width, RowColScales)
		m.kernel = k
		b.SetBytes(int64(len(ten.data)))
		t := cpuSeconds(b)
		for b.Loop() {
			m.Add(ten.data, base.data, 0)
		}
		b.ReportMetric(float64(b.N)*float64(len(ten.data))/1e6/(cpuSeconds(b)-t), "MB/cpu-s")
	})
}
