package codec

import (
	"bytes"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"dits/tensorstore/codec/entropy"
)

// normal are n numbers in rows of stride; the spread halves from each column to the next but three.
func normal(r *rand.Rand, n, stride int, sigma float64) []int16 {
	v := make([]int16, n)
	for i := range v {
		x := math.Round(r.NormFloat64() * sigma * math.Exp2(-float64(i%stride)/4))
		v[i] = int16(max(-MaxNumber, min(MaxNumber, x)))
	}
	return v
}

func TestNumbersComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		n, stride int
		sigma     float64
	}{
		{0, 1, 1}, {1, 1, 1}, {1, 16, 0}, {1000, 7, 0}, {4096, 16, 3}, {10000, 32, 40}, {5000, 1, 9000},
		{5001, 16, 30000}, {70000, 256, 200}, {100000, 3, 20}, {2048, 5000, 2}, {30, 0, 5}, {9999, 48, 0.2},
	} {
		v := normal(r, c.n, max(c.stride, 1), c.sigma)
		b := AppendNumbers([]byte("before"), v, c.stride)
		if !bytes.HasPrefix(b, []byte("before")) {
			t.Fatalf("%+v: what was before is gone", c)
		}
		for _, k := range []kernel{kernelGo, kernelAVX2, kernelAVX512} {
			if other := appendNumbers(k, nil, v, c.stride); !bytes.Equal(other, b[6:]) {
				t.Errorf("%+v: other bytes in kernel %d", c, k)
			}
			got, err := parseNumbers(k, b[6:], int64(c.n), c.stride)
			if err != nil || !slices.Equal(got, v) {
				t.Errorf("%+v: came back wrong in kernel %d, error %v", c, k, err)
			}
		}
	}
}

// TestNumbersCost holds what normal numbers take to their entropy.
func TestNumbersCost(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for sigma := 0.4; sigma < 5000; sigma *= 1.45 {
		const n = 1 << 14
		v := normal(r, n, 1, sigma)
		counts := map[int16]float64{}
		entropy := 0.0
		for _, x := range v {
			counts[x]++
		}
		for _, c := range counts {
			entropy -= c * math.Log2(c/n)
		}
		if sigma > 50 {
			entropy = n * math.Log2(sigma*math.Sqrt(2*math.Pi*math.E))
		}
		if b := 8 * float64(len(AppendNumbers(nil, v, 1))); b > 1.012*entropy+300 {
			t.Errorf("σ %.2f: %.0f bits, entropy %.0f", sigma, b, entropy)
		}
	}
}

// TestNumbersOdd has numbers that are not spread as a normal distribution is.
func TestNumbersOdd(t *testing.T) {
	ends := []int16{MaxNumber, -MaxNumber, 0, 1, -1}
	var far []int16
	for i := range 3000 {
		far = append(far, ends[i*i%5])
	}
	one := make([]int16, 5000)
	one[4321] = -MaxNumber
	for name, v := range map[string][]int16{"ends": far, "one": one, "constant": slices.Repeat([]int16{700}, 5000)} {
		for _, stride := range []int{1, 3, 16} {
			got, err := ParseNumbers(AppendNumbers(nil, v, stride), int64(len(v)), stride)
			if err != nil || !slices.Equal(got, v) {
				t.Errorf("%s of stride %d: came back wrong, error %v", name, stride, err)
			}
		}
	}
}

func TestNumbersRefuseWhatIsNoEncoding(t *testing.T) {
	v := normal(rand.New(rand.NewPCG(3, 3)), 900, 6, 60) // some 600 bytes
	b := AppendNumbers(nil, v, 6)
	for n := 0; n < len(b); n += 3 {
		if _, err := ParseNumbers(b[:n:n], 900, 6); err == nil {
			t.Errorf("%d of %d bytes: accepted", n, len(b))
		}
	}
	for i := 0; i < 8*len(b); i += 5 {
		bad := bytes.Clone(b)
		bad[i/8] ^= 1 << (i % 8)
		if got, err := ParseNumbers(bad, 900, 6); err == nil && len(got) != 900 {
			t.Errorf("bit %d: %d numbers", i, len(got))
		}
	}
	side, rest, _ := entropy.CutSection(b)
	classes := func(lanes byte, first, next int) []byte {
		w := entropy.NewSmallWriter()
		w.Put(numberFirst, first)
		for range 5 {
			w.Put(numberNext, next)
		}
		return append(section(w.Close([]byte{lanes})), rest...)
	}
	good := func(b []byte) error { _, err := ParseNumbers(b, 900, 6); return err }
	if good(append(section(side), rest...)) != nil {
		t.Fatal("as written: refused")
	}
	for name, bad := range map[string][]byte{
		"bytes after the end":  append(bytes.Clone(b), 1, 2, 3, 4),
		"a class below 0":      classes(0, 0, -1),
		"a class too large":    classes(0, numberClasses, 0),
		"no class":             classes(0, entropy.Nothing, 0),
		"128 lanes":            classes(7, 20, 0),
		"no side":              append([]byte{0}, rest...),
		"classes that go on":   append(section(append(bytes.Clone(side), 0, 0)), rest...),
		"nothing of something": nil,
	} {
		if good(bad) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := ParseNumbers([]byte{0}, 0, 4); err == nil {
		t.Error("a byte of no numbers: accepted")
	}
}

// TestNumbersTooLarge has a number that is in no tensor's factors but can be written.
func TestNumbersTooLarge(t *testing.T) {
	if _, err := ParseNumbers(AppendNumbers(nil, []int16{math.MinInt16, 1}, 1), 2, 1); err == nil {
		t.Error("-2^15: accepted")
	}
}

// TestNumbersClaim has few bytes that claim to hold many numbers: none is taken for more than
// a thousand or so.
func TestNumbersClaim(t *testing.T) {
	zeros := AppendNumbers(nil, make([]int16, 1<<20), 16)
	for _, b := range [][]byte{nil, {0}, zeros[:60], zeros} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := ParseNumbers(b, 1<<40, 16)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("2^40 numbers in %d bytes: accepted", len(b))
		}
		if n := after.TotalAlloc - before.TotalAlloc; !underRace && n > 8<<20+10000*uint64(len(b)) {
			t.Errorf("%d bytes: %d taken", len(b), n)
		}
	}
}

// TestBells holds the tables to the normal distribution.
func TestBells(t *testing.T) {
	for k := range bells {
		sigma, sum, loss := 0.3101*math.Exp2(float64(k)/4), 0.0, 0.0
		p := func(x int) float64 { return math.Exp(-float64(x*x) / (2 * sigma * sigma)) }
		for x := -40; x <= 40; x++ {
			sum += p(x)
		}
		for x := -40; x <= 40; x++ {
			if f := bells[k].Freq[numberZero+x]; f > 0 {
				loss += p(x) / sum * math.Log2(p(x)/sum*4096/float64(f))
			}
		}
		if loss > 0.01 {
			t.Errorf("table %d: %.4f bits above a normal distribution of %.2f", k, loss, sigma)
		}
		if f := bells[k].Freq[numberZero]; f > 4096-4096/128 {
			t.Errorf("table %d: a zero has %d of 4096", k, f)
		}
	}
}

func FuzzParseNumbers(f *testing.F) {
	f.Add(AppendNumbers(nil, []int16{1, -2, 300, 4, 0, -6}, 3), int64(6), 3)
	f.Add([]byte{}, int64(1)<<50, 1)
	f.Add(AppendNumbers(nil, normal(rand.New(rand.NewPCG(4, 4)), 3000, 16, 300), 16), int64(3000), 16)
	for _, n := range longLengths {
		v := normal(rand.New(rand.NewPCG(4, 5)), n/2, 16, 300)
		f.Add(AppendNumbers(nil, v, 16), int64(len(v)), 16)
	}
	f.Fuzz(func(t *testing.T, b []byte, n int64, stride int) {
		if n < 0 || stride < 1 || stride > 1024 {
			return
		}
		v, err := ParseNumbers(b, n, stride)
		twin, twinErr := parseNumbers(kernelGo, b, n, stride)
		if (err == nil) != (twinErr == nil) || err == nil && !slices.Equal(v, twin) {
			t.Errorf("%d numbers, %v; in Go %d, %v", len(v), err, len(twin), twinErr)
		}
		if err == nil && int64(len(v)) != n {
			t.Errorf("%d numbers, want %d", len(v), n)
		}
	})
}

func BenchmarkNumbers(b *testing.B) {
	v := normal(rand.New(rand.NewPCG(5, 5)), 12288, 24, 12)
	enc := AppendNumbers(nil, v, 24)
	inKernels(b, func(b *testing.B, k kernel) {
		for name, f := range map[string]func() error{
			"encode": func() error { enc = appendNumbers(k, enc[:0], v, 24); return nil },
			"decode": func() error { _, err := parseNumbers(k, enc, int64(len(v)), 24); return err },
		} {
			b.Run(name, func(b *testing.B) {
				b.SetBytes(int64(2 * len(v)))
				for b.Loop() {
					if err := f(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(8*float64(len(enc))/float64(len(v)), "bits/number")
			})
		}
	})
}
