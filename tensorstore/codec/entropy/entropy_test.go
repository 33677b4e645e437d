package entropy

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
)

// TestRansDivision has every frequency at the ends of every quotient.
func TestRansDivision(t *testing.T) {
	for _, bits := range []precision{fine, coarse} {
		ransDivision(t, bits)
	}
}

func ransDivision(t *testing.T, bits precision) {
	for f := uint32(1); f < 1<<bits; f++ {
		var e ransSym
		e.set(0, f, bits)
		for q := uint64(0); q < 1<<20; q = q*3 + 1 {
			for _, x := range []uint64{q * uint64(f), q*uint64(f) + uint64(f) - 1, uint64(e.max) - 1} {
				if x < uint64(e.max) && x*e.rcp>>(32+bits) != x/uint64(f) {
					t.Fatalf("%d / %d is %d", x, f, x*e.rcp>>(32+bits))
				}
			}
		}
	}
}

// TestTokens codes symbols of all kinds of distributions and holds the cost to
// the entropy.
func TestTokens(t *testing.T) {
	for _, tc := range []struct {
		name string
		p    float64 // of a zero, then geometric
		n    int
		over float64 // allowed above entropy, bits a symbol
	}{
		{"one", 0.5, 1, 200}, {"two", 0.5, 2, 200}, {"skewed", 0.999, 100000, 0.0025},
		{"even", 0.03, 100000, 0.04}, {"usual", 0.2, 100000, 0.02}, {"certain", 1, 100000, 0.0025},
	} {
		r := rand.New(rand.NewPCG(9, 9))
		s := new(Encoder)
		var counts [256]float64
		for range tc.n {
			k := 0
			for r.Float64() > tc.p && k < 255 {
				k++
			}
			counts[k]++
			s.Tok = append(s.Tok, uint8(k))
			s.Ctx = append(s.Ctx, uint16(r.IntN(3)))
		}
		want := bytes.Clone(s.Tok)
		enc := s.Append(nil, 3, MaxSymbols)
		var tr Decoder
		rest, err := tr.Open(append(enc, 1, 2, 3), 3)
		if err != nil || !bytes.Equal(rest, []byte{1, 2, 3}) {
			t.Fatalf("%s: rest %x, %v", tc.name, rest, err)
		}
		got, tab := make([]uint8, tc.n), make([]uint8, tc.n)
		tr.Tables(tab, s.Ctx)
		if err := tr.Read(got, tab); err != nil || !bytes.Equal(got, want) || tr.Close() != nil {
			t.Fatalf("%s: other symbols, %v", tc.name, err)
		}
		entropy := 0.0
		for _, c := range counts {
			if c > 0 {
				entropy -= c * math.Log2(c/float64(tc.n))
			}
		}
		if over := (8*float64(len(enc)) - entropy) / float64(tc.n); over > tc.over {
			t.Errorf("%s: %.4f bits a symbol above entropy, want at most %.4f", tc.name, over, tc.over)
		}
	}
}

// TestSpread holds the invariants of frequencies for random levels.
func TestSpread(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	for range 20000 {
		var tb Table
		bits := []precision{fine, coarse}[r.IntN(2)]
		n, used := 1+r.IntN(MaxSymbols), 0
		for s := range n {
			if r.IntN(3) > 0 {
				tb.Level[s] = uint8(r.IntN(MaxLevel + 1))
			}
			if tb.Level[s] > 0 {
				used++
			}
		}
		if !tb.spread(n, bits) {
			if used > 0 {
				t.Fatalf("%d symbols of %d cannot be spread", used, n)
			}
			continue
		}
		sum := 0
		for s, f := range tb.Freq[:n] {
			if (f > 0) != (tb.Level[s] > 0) || f >= 1<<bits {
				t.Fatalf("level %d has frequency %d", tb.Level[s], f)
			}
			sum += int(f)
		}
		if want := 1 << bits; sum != want && !(used == 1 && sum == want-1) {
			t.Fatalf("frequencies of %d symbols sum to %d", used, sum)
		}
	}
}

// TestBin codes bits of many probabilities, and raw ones.
func TestBin(t *testing.T) {
	for _, p := range []float64{0, 0.01, 0.3, 0.5, 0.99, 1} {
		for _, n := range []int{0, 1, 7, 30000} {
			r := rand.New(rand.NewPCG(11, uint64(n)))
			var vals []int
			w := newBinWriter(nil)
			var m [2]bit
			for i := range n {
				v := 0
				if r.Float64() < p {
					v = 1
				}
				vals = append(vals, v)
				w.bit(&m[i%2], v)
				w.bits(uint64(v+i)&0x3ff, 10)
			}
			b := w.close()
			rd, m2 := newBinReader(b), [2]bit{}
			for i, v := range vals {
				if got := rd.bit(&m2[i%2]); got != v {
					t.Fatalf("p %g: bit %d of %d is %d, want %d", p, i, n, got, v)
				}
				if got := rd.bits(10); got != uint64(v+i)&0x3ff {
					t.Fatalf("p %g: bits %d of %d are %x", p, i, n, got)
				}
			}
			if !rd.done() {
				t.Fatalf("p %g: read to %d of %d", p, rd.pos, len(b))
			}
		}
	}
}

// TestBinEnds has many short streams, some of which end in a carry that turns
// bytes held back to zeros.
func TestBinEnds(t *testing.T) {
	for _, v := range []uint64{1 << 20, 1 << 21, 5 << 20} { // two bytes held back, which become zeros
		w := newBinWriter(nil)
		w.bits(v, 24)
		out := w.close()
		rd := newBinReader(out)
		if got := rd.bits(24); got != v || !rd.done() {
			t.Fatalf("%x: read %x, to %d of %x", v, got, rd.pos, out)
		}
	}
	r := rand.New(rand.NewPCG(13, 13))
	for range 50000 {
		n, p, bits := r.IntN(60), r.IntN(8), []int{}
		w, b, q := newBinWriter(nil), bit{}, bit{}
		for range n {
			v := 0
			if r.IntN(8) < p {
				v = 1
			}
			bits = append(bits, v)
			w.bit(&b, v)
		}
		out := w.close()
		rd := newBinReader(out)
		for i, v := range bits {
			if got := rd.bit(&q); got != v {
				t.Fatalf("bit %d of %v is %d", i, bits, got)
			}
		}
		if !rd.done() {
			t.Fatalf("%v: read to %d of %x", bits, rd.pos, out)
		}
	}
}

func TestLog2(t *testing.T) {
	for n := uint32(1); n < 1<<31; n += n/37 + 1 {
		if got, want := float64(Log2(n))/65536, math.Log2(float64(n)); math.Abs(got-want) > 1e-4 {
			t.Fatalf("log2 %d is %g, want %g", n, got, want)
		}
	}
}

// TestClass has the ends of all classes.
func TestClass(t *testing.T) {
	check := func(z uint64) {
		c, nb := class(z)
		i := classes[c]
		if uint(i.nb) != nb || i.base+z&(1<<nb-1) != z {
			t.Fatalf("%#x has class %d with %d bits, which begins at %#x", z, c, nb, i.base)
		}
	}
	for z := range uint64(1 << 16) {
		check(z)
	}
	for b := range 64 {
		for d := range uint64(8) {
			check(1<<b - 1 + d<<b>>3)
			check(-(1 << b) - d)
		}
	}
}

// TestRansPair has every frequency at the ends of quotients.
func TestRansPair(t *testing.T) {
	for _, bits := range []precision{fine, coarse} {
		eachRansPair(t, bits)
	}
}

func eachRansPair(t *testing.T, bits precision) {
	for f := uint32(1); f < 1<<bits; f++ {
		p := newRansPair(5, f, bits)
		rcp, start, shift := uint64(uint32(p)), uint32(p>>32)&(1<<13-1), uint32(p>>57)
		if got := uint32(p>>45) & (1<<12 - 1); got != f {
			t.Fatalf("frequency %d, want %d", got, f)
		}
		for q := uint64(0); q < 1<<20; q = q*3 + 1 {
			for _, y := range []uint64{q*uint64(f) + 1, q*uint64(f) + uint64(f) - 1, uint64(f)<<(32-bits) - 1} {
				x := uint32(y)
				if x == 0 {
					continue
				}
				u := uint32(rcp * uint64(x) >> 32)
				got := x + start + ((u+(x-u)>>1)>>shift)*(1<<bits-f)
				if want := x/f<<bits + x%f + 5; got != want {
					t.Fatalf("frequency %d: state %d becomes %d, want %d", f, x, got, want)
				}
			}
		}
	}
}
