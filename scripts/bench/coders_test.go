package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"dits/tensorstore/codec"
)

// normal is n BF16 weights of a seed, moved by a second normal when move > 0.
func normal(n int, move float64) []byte {
	r, m := rand.New(rand.NewPCG(1, 1)), rand.New(rand.NewPCG(1, 2))
	out := make([]byte, 2*n)
	for i := range n {
		v := float32(r.NormFloat64() * 0.02)
		v = math.Float32frombits(math.Float32bits(v) &^ 0xffff)
		v += float32(m.NormFloat64() * move)
		binary.LittleEndian.PutUint16(out[2*i:], uint16(math.Float32bits(v)>>16))
	}
	return out
}

// every is all BF16 bit patterns.
func every() []byte {
	out := make([]byte, 2<<16)
	for i := range 1 << 16 {
		binary.LittleEndian.PutUint16(out[2*i:], uint16(i))
	}
	return out
}

func random(n int) []byte {
	r := rand.New(rand.NewPCG(7, 7))
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(r.Uint32())
	}
	return out
}

func reversed(b []byte) []byte {
	out := make([]byte, len(b))
	for i, v := range b {
		out[len(b)-1-i] = v
	}
	return out
}

var pieces = map[string]piece{
	"every bit pattern": {data: every(), base: reversed(every()), elem: codec.BF16, width: 256},
	"moved":             {data: normal(100_000, 1e-4), base: normal(100_000, 0), elem: codec.BF16, width: 100},
	"the same":          {data: normal(5000, 0), base: normal(5000, 0), elem: codec.BF16},
	"random F32":        {data: random(40_000), base: reversed(random(40_000)), elem: codec.F32, width: 20},
	"a new tensor":      {data: normal(3000, 0), elem: codec.BF16, width: 30},
	"random F64":        {data: random(4000), base: reversed(random(4000)), elem: codec.F64},
	"one weight":        {data: []byte{1, 2}, base: []byte{3, 4}, elem: codec.BF16},
	"random bytes":      {data: random(70_001), base: reversed(random(70_001)), elem: codec.E4M3},
}

// TestLossless decodes what each way encoded, with the data taken away.
func TestLossless(t *testing.T) {
	for name, p := range pieces {
		for _, w := range append(pairWays(0), aloneWays(0)...) {
			t.Run(fmt.Sprintf("%s/%s", name, w.name), func(t *testing.T) {
				if prep, ok := w.coder.(preparer); ok {
					if err := prep.prepare(p.base); err != nil {
						t.Fatal(err)
					}
				}
				enc, err := w.coder.encode([]byte("kept"), p)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.HasPrefix(enc, []byte("kept")) {
					t.Fatalf("encode replaced what was there: %q", enc[:min(4, len(enc))])
				}
				if _, err := decodeOnce(w.coder, enc[4:], p); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

// TestMeasureCatchesLoss gives measure a coder that loses a bit.
func TestMeasureCatchesLoss(t *testing.T) {
	in := &input{tensors: []piece{{data: normal(1000, 0), elem: codec.BF16}}}
	if _, err := measure([]way{{name: "lossy", coder: lossy{}}}, in, 1); err == nil {
		t.Fatal("a lossy coder was measured without an error")
	}
}

type lossy struct{}

func (lossy) encode(dst []byte, p piece) ([]byte, error) { return append(dst, p.data...), nil }

func (lossy) decode(dst, enc []byte, _ piece) error {
	copy(dst, enc)
	dst[len(dst)-1] ^= 1
	return nil
}

// TestFMDeltaReachesEntropy holds the re-implementation to what its symbols carry: a peer
// that is coded badly would make dits look good.
func TestFMDeltaReachesEntropy(t *testing.T) {
	p := piece{data: normal(1<<20, 1e-4), base: normal(1<<20, 0), elem: codec.BF16}
	counts := map[int]float64{}
	raw := 0.0
	for i := 0; i < len(p.data); i += 2 {
		d := int64(ordered(p.data[i:], 2)) - int64(ordered(p.base[i:], 2))
		k := bits.Len64(uint64(max(d, -d)))
		raw += float64(max(0, k-1))
		if d < 0 {
			k = -k
		}
		counts[k]++
	}
	n := float64(len(p.data) / 2)
	want := raw / 8
	for _, c := range counts {
		want += c * math.Log2(n/c) / 8
	}
	enc, err := fmDelta{}.encode(nil, p)
	if err != nil {
		t.Fatal(err)
	}
	if got := float64(len(enc)); got > 1.003*want || got < want {
		t.Errorf("FM-Delta: got %.0f bytes, want from %.0f to 0.3%% more", got, want)
	}
}

// TestPeersBeatRaw makes sure that a peer does not stand there with what it cannot do: XOR with
// the base, and the split, must pay on a fine-tune.
func TestPeersBeatRaw(t *testing.T) {
	with := piece{data: normal(1<<19, 1e-5), base: normal(1<<19, 0), elem: codec.BF16, width: 1024}
	without := with
	without.base = nil
	for _, c := range []struct {
		name  string
		coder coder
	}{{"ZipLLM", &zipLLM{}}, {"TensorDex-TX", &tensorDex{}}, {"dits", ditsCoder{}}} {
		near, err := c.coder.encode(nil, with)
		if err != nil {
			t.Fatal(err)
		}
		far, err := c.coder.encode(nil, without)
		if err != nil {
			t.Fatal(err)
		}
		if 2*len(near) > len(far) || len(far) > len(with.data) {
			t.Errorf("%s: got %d bytes with a base and %d without, of %d; want less than half of what is less than all", c.name, len(near), len(far), len(with.data))
		}
	}
}

func TestOrderedKeepsOrder(t *testing.T) {
	values := []float32{float32(math.Inf(-1)), -2, -1, -1e-40, float32(math.Copysign(0, -1)), 0, 1e-40, 1, 2, float32(math.Inf(1))}
	var b [4]byte
	var last uint64
	for i, v := range values {
		binary.LittleEndian.PutUint32(b[:], math.Float32bits(v))
		o := ordered(b[:], 4)
		if i > 0 && o <= last {
			t.Errorf("%g: got %#x, want more than %#x", v, o, last)
		}
		last = o
		putOrdered(b[:], o, 4)
		if got := math.Float32frombits(binary.LittleEndian.Uint32(b[:])); got != v {
			t.Errorf("%g: comes back as %g", v, got)
		}
	}
}
