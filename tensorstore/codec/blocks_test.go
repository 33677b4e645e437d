package codec

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"dits/formats/ggml"
	"dits/tensorstore/codec/blocks/blockstest"
)

// realBlocks are n blocks of t made of normal weights, where this version can make some; else
// bytes of which some are more frequent. seed tells them apart; what they are near to does not.
func realBlocks(tb testing.TB, t ggml.Type, n int, noise float64) []byte {
	tb.Helper()
	b := make([]byte, n*int(t.BlockBytes()))
	if n == 0 {
		return b
	}
	v := blockValues(n*int(t.BlockElems()), noise)
	if t.CanQuantise() {
		q := ggml.Quantiser{Type: t, Columns: len(v)}
		if err := q.Rows(b, v); err == nil {
			return b
		}
	}
	for i := range b {
		b[i] = byte(max(min(v[i]*1000, 127), -128)) & 0x3c
	}
	return b
}

// blockValues are n normal weights, always the same, and noise of so much on top.
func blockValues(n int, noise float64) []float32 {
	v := make([]float32, n)
	r, s := rand.New(rand.NewPCG(31, 1)), rand.New(rand.NewPCG(32, 2))
	for i := range v {
		v[i] = float32(0.02 * (r.NormFloat64() + noise*s.NormFloat64()))
	}
	return v
}

// blockSamples are chunks of t in the three situations.
func blockSamples(tb testing.TB, t ggml.Type) (all []sample) {
	e, size := BlockElem(t), int(t.BlockBytes())
	r := rand.New(rand.NewPCG(33, uint64(t)))
	for _, n := range []int{0, 1, 2, 33, 8000 / int(t.BlockElems())} {
		src, near := realBlocks(tb, t, n, 0), realBlocks(tb, t, n, 0.1)
		sparse := bytes.Clone(src)
		for i := 7; i < n; i += 20 {
			sparse[i*size+r.IntN(size)] ^= byte(1 + r.IntN(255))
		}
		noise := noise2(r, n*size)
		in := Input{Elem: e, Width: t.BlockElems(), First: 3}
		add := func(name string, src []byte, in Input) {
			all = append(all, sample{fmt.Sprintf("%v/%d blocks/%s", t, n, name), src, in})
		}
		add("alone", src, in)
		add("noise", noise, in)
		add("zero", make([]byte, n*size), in)
		for _, pred := range []struct {
			name string
			b    []byte
		}{{"near", near}, {"same", src}, {"noise", noise}, {"sparse", sparse}} {
			in.Pred = pred.b
			add("against "+pred.name, src, in)
		}
		for _, mode := range []Mode{ColScales, RowColScales} {
			if n < 3 {
				break
			}
			active := in
			active.Act = someActivity(in, n, mode)
			add(fmt.Sprintf("against sparse/mode %d", mode), near, active)
			active.Pred = nil
			add(fmt.Sprintf("alone/mode %d", mode), src, active)
		}
		add("noise against near", noise, in)
		in.Pred = nil
		for _, g := range guides(t, n) {
			for _, c := range []struct {
				name   string
				blocks []byte
			}{{"", src}, {"noise, ", noise}, {"sparse, ", sparse}} {
				g.coded = c.blocks
				in.Guide = g
				add(c.name+"guide "+g.name, c.blocks, in)
			}
		}
	}
	return all
}

// someActivity is one for n blocks from in.First on.
func someActivity(in Input, n int, mode Mode) *Activity {
	rows := in.First + int64(n)
	m := NewMeter(F32, rows, in.Width, mode)
	v := weights(rand.New(rand.NewPCG(34, 1)), F32, int(4*rows*in.Width), 0.02)
	for i := 3; i < len(v); i += 12 {
		v[i] &= 0x83 // a third of the columns, if their number is a multiple of three, is small
	}
	m.Add(v, nil, 0)
	return m.Activity()
}

// thorough are the types of which all samples are damaged, one of each sort.
var thorough = map[ggml.Type]bool{ggml.Q8_0: true, ggml.Q4_K: true, ggml.IQ2_XS: true, ggml.IQ4_NL: true}

func TestBlocksContract(t *testing.T) {
	for _, kind := range blockstest.Types() {
		if underRace && kind != ggml.Q8_0 && kind != ggml.Q4_K {
			continue
		}
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			applied := 0
			for _, s := range blockSamples(t, kind) {
				enc, ok := roundTrip(t, blocksCodec{}, s)
				if ok {
					applied++
				}
				if ok && len(s.src) < 40*int(kind.BlockBytes()) && (thorough[kind] && !underRace || strings.HasSuffix(s.name, "alone")) {
					damage(t, blocksCodec{}, s, enc)
				}
			}
			if applied < 10 {
				t.Errorf("applied to %d samples only", applied)
			}
		})
	}
}

// TestBlocksApplies has chunks that are no whole blocks, and predictions that do not fit.
func TestBlocksApplies(t *testing.T) {
	src := make([]byte, 34*40)
	for name, in := range map[string]Input{
		"bytes":            {Elem: Bytes},
		"F16":              {Elem: F16},
		"other blocks":     {Elem: BlockElem(ggml.Q4_K)},
		"part of a block":  {Elem: BlockElem(ggml.Q5_0)},
		"short prediction": {Elem: BlockElem(ggml.Q8_0), Pred: src[34:]},
		"unknown":          {Elem: BlockElem(200)},
	} {
		if enc, ok := (blocksCodec{}).Encode(nil, src, in); ok || len(enc) > 0 {
			t.Errorf("%s: encodes", name)
		}
		good, _ := blocksCodec{}.Encode(nil, src, Input{Elem: BlockElem(ggml.Q8_0)})
		if err := (blocksCodec{}).Decode(src, good, in); err == nil {
			t.Errorf("%s: decodes", name)
		}
	}
}

// TestBlocksSteadyMemory holds that coding allocates next to nothing.
func TestBlocksSteadyMemory(t *testing.T) {
	const rounds = 10
	src := blockstest.Pattern(ggml.Q4_K, 4000, 0)
	in := Input{Elem: BlockElem(ggml.Q4_K), Pred: blockstest.Pattern(ggml.Q4_K, 4000, 5)}
	enc, _ := blocksCodec{}.Encode(nil, src, in)
	dst := make([]byte, len(src))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range rounds {
		enc, _ = blocksCodec{}.Encode(enc[:0], src, in)
		if err := (blocksCodec{}).Decode(dst, enc, in); err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	limit := 4 * uint64(len(src)) // a call without its pools takes 14 times as much
	if underRace {
		limit *= 10 // the pools forget on purpose
	}
	if n := (after.TotalAlloc - before.TotalAlloc) / rounds; n > limit {
		t.Errorf("%d bytes for coding %d", n, len(src))
	}
}
