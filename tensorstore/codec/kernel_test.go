package codec

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"dits/cpu"
	"dits/tensorstore/codec/entropy"
)

// Kernels of tests: what this machine lacks runs in the best it has.
const (
	kernelGo     = kernel(cpu.Go)
	kernelAVX2   = kernel(cpu.AVX2)
	kernelAVX512 = kernel(cpu.AVX512)
)

// variants are c in each kernel.
func variants(c Codec) []Codec {
	var all []Codec
	for _, k := range []kernel{kernelGo, kernelAVX2, kernelAVX512} {
		switch c.(type) {
		case deltaCodec:
			all = append(all, deltaCodec{k})
		case fieldsCodec:
			all = append(all, fieldsCodec{k})
		case blocksCodec:
			all = append(all, blocksCodec{k})
		}
	}
	return all
}

// sameEncoding checks that all kernels encode to enc and decode it to src. Every
// test of the contract runs through it.
func sameEncoding(t *testing.T, c Codec, s sample, enc []byte, applies bool) {
	t.Helper()
	for _, v := range variants(c) {
		got, ok := v.Encode(nil, s.src, s.in)
		if ok != applies || !bytes.Equal(got, enc) {
			t.Fatalf("%s: %+v encodes to other bytes", s.name, v)
		}
		if !ok {
			continue
		}
		dst := bytes.Repeat([]byte{0x5a}, len(s.src))
		if err := v.Decode(dst, enc, s.in); err != nil || !bytes.Equal(dst, s.src) {
			t.Fatalf("%s: %+v decodes to other bytes: %v", s.name, v, err)
		}
	}
}

// sameDecoding checks that all kernels make the same of enc, which may be anything.
func sameDecoding(t *testing.T, c Codec, n int, enc []byte, in Input) {
	t.Helper()
	want := make([]byte, n)
	err := c.Decode(want, enc, in)
	for _, v := range variants(c) {
		dst := make([]byte, n)
		got := v.Decode(dst, enc, in)
		if (got == nil) != (err == nil) || got != nil && got.Error() != err.Error() {
			t.Fatalf("%+v: %v, want %v", v, got, err)
		}
		if err == nil && !bytes.Equal(dst, want) {
			t.Fatalf("%+v decodes to other bytes", v)
		}
	}
}

// TestKernelsAgree has chunks of several blocks, of 2-byte elements long enough
// for 64 lanes, whole and damaged.
func TestKernelsAgree(t *testing.T) {
	for name, e := range elems {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(21, uint64(e)))
			lengths := []int{20_011}
			if e.Size() == 2 {
				lengths = append(lengths, 300_007)
			}
			for _, n := range lengths {
				src := weights(r, e, n, 0.02)
				long := sample{"long", src, Input{Elem: e, Pred: weights(r, e, n, 0.02), Width: 300, First: 77}}
				close := sample{"close", src, Input{Elem: e, Pred: near(r, src, e.Size(), 3), Width: 300, First: 77}}
				for _, s := range []sample{long, close} {
					kernelsAgree(t, r, s)
					m := NewMeter(e, int64(n/e.Size()/300+2), 300, RowColScales)
					m.Add(s.src, s.in.Pred, s.in.First)
					s.in.Act = m.Activity()
					kernelsAgree(t, r, s)
				}
			}
		})
	}
}

// kernelsAgree checks s and a dozen ways to damage its encoding.
func kernelsAgree(t *testing.T, r *rand.Rand, s sample) {
	t.Helper()
	for _, c := range []Codec{deltaCodec{}, fieldsCodec{}} {
		enc, ok := roundTrip(t, c, s)
		if !ok {
			continue
		}
		for i := range 12 {
			bad := bytes.Clone(enc)
			at := r.IntN(len(bad))
			if i%2 == 0 {
				at = r.IntN(min(len(bad), 600)) // header, tables, states
			}
			bad[at] ^= 1 << r.IntN(8)
			if i%5 == 4 {
				bad = bad[:at:at]
			}
			sameDecoding(t, c, len(s.src), bad, s.in)
		}
	}
}

// TestContextsAgree has offsets of contexts in and beyond 16 bits.
func TestContextsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 22))
	p := make([]uint16, 77)
	for i := range p {
		p[i] = uint16(r.Uint32())
	}
	for _, e := range []Elem{BF16, F16, I16} {
		d := newDiffer[uint16](&Input{Elem: e}, len(p), 0)
		for _, off := range []int{-65536, -32769, -32768, -200, -64, 0, 32703, 32704, 32705, 32767, 40000, 65536} {
			d.off = off
			want, got := make([]uint16, len(p)), make([]uint16, len(p))
			d.rule.off = off
			d.contexts(want, p, 0)
			for _, k := range []kernel{kernelAVX2, kernelAVX512} {
				n := k.contexts(got, &d.expectation, entropy.Memory(p), 0, &d.rule)
				if n == 0 && k.use() != cpu.Go && off >= -32768 && off < 32704 {
					t.Errorf("element type %d, offset %d: kernel %d does nothing", e, off, k)
				}
				if !slices.Equal(got[:n], want[:n]) {
					t.Errorf("element type %d, offset %d, kernel %d: contexts %d, want %d", e, off, k, got, want)
				}
			}
		}
	}
}

// TestWideClasses decodes classes that 16 bits do not have, as only a bad writer codes them.
func TestWideClasses(t *testing.T) {
	const n = 1024
	s, bits := new(entropy.Encoder), uint(0)
	for i := range n {
		tok := uint8(i % 128)
		s.Tok, s.Ctx = append(s.Tok, tok), append(s.Ctx, 0)
		if tok >= 16 {
			bits += uint(tok-8) / 4
		}
	}
	enc := s.Append([]byte{0, 0}, entropy.SizeContexts, entropy.MaxSymbols)
	raw := bytes.Repeat([]byte{0xb5}, int(bits+7)/8)
	raw[len(raw)-1] &= 0xff >> (-bits & 7)
	in := Input{Elem: BF16, Pred: make([]byte, 2*n)}
	enc = append(enc, raw...)
	if err := (deltaCodec{kernelGo}).Decode(make([]byte, 2*n), enc, in); err != nil {
		t.Fatal("this is meant to decode: ", err)
	}
	sameDecoding(t, deltaCodec{kernelGo}, 2*n, enc, in)
}

// TestMetersAgree has sums of every kernel, of all bit patterns and of rows of many lengths.
func TestMetersAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 23))
	src, pred := make([]byte, 2*70_001), make([]byte, 2*70_001)
	for i := range src {
		src[i], pred[i] = uint8(r.Uint32()), uint8(r.Uint32())
	}
	usual := weights(r, BF16, len(src), 0.02)
	for _, width := range []int64{2, 7, 8, 9, 300, 4099} {
		for _, s := range []sample{{"any", src, Input{}}, {"any change", src, Input{Pred: pred}}, {"usual", usual, Input{}}, {"usual change", usual, Input{Pred: near(r, usual, 2, 3)}}} {
			s.in.Elem, s.in.Width = BF16, width
			if total := sameMeters(t, s).total; !(total > 0) {
				t.Errorf("%s, width %d: total %g", s.name, width, total)
			}
		}
	}
}

// sameMeters checks that all kernels measure the rows of s alike, and returns the meter of Go.
func sameMeters(t *testing.T, s sample) (want *Meter) {
	t.Helper()
	same := func(a, b float64) bool { return a == b || a != a && b != b }
	for _, k := range []kernel{kernelGo, kernelAVX2, kernelAVX512} {
		m := NewMeter(s.in.Elem, int64(len(s.src)/s.in.Elem.Size())/s.in.Width, s.in.Width, RowColScales|Leans)
		m.kernel = k
		m.Add(s.src, s.in.Pred, 0)
		if want == nil {
			want = m
		}
		alike := slices.EqualFunc(m.row, want.row, same) && slices.EqualFunc(m.col, want.col, same)
		if !alike || !slices.EqualFunc(m.signed, want.signed, same) || !same(m.total, want.total) {
			t.Errorf("%s, width %d: kernel %d measures otherwise", s.name, s.in.Width, k)
		}
	}
	return want
}
