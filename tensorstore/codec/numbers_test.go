package codec

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestNumbersComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		n, stride int
		sigma     float64
	}{{0, 1, 1}, {1, 1, 1}, {1, 16, 0}, {1000, 7, 0}, {4096, 16, 3}, {10000, 32, 40}, {5000, 1, 9000}} {
		v := make([]int16, c.n)
		for i := range v {
			v[i] = int16(max(-MaxNumber, min(MaxNumber, math.Round(r.NormFloat64()*c.sigma))))
		}
		b := AppendNumbers([]byte("before"), v, c.stride)
		got, err := ParseNumbers(b[6:], int64(c.n), c.stride)
		if err != nil || !slices.Equal(got, v) {
			t.Errorf("%+v: came back wrong, error %v", c, err)
		}
		// The entropy of a rounded normal distribution, with some slack for learning it.
		if c.sigma > 1 && c.sigma < 50 {
			want := math.Log2(c.sigma*math.Sqrt(2*math.Pi*math.E)) * float64(c.n) / 8
			if float64(len(b)) > 1.08*want+300 {
				t.Errorf("%+v: %d bytes, want about %.0f", c, len(b), want)
			}
		}
	}
}

func TestNumbersRefuseWhatIsNoEncoding(t *testing.T) {
	b := AppendNumbers(nil, []int16{1, -2, 300, 4, 0, -6, 7, 8}, 4)
	if _, err := ParseNumbers(append(b, 1, 2, 3, 4, 5, 6, 7, 8), 8, 4); err == nil {
		t.Error("bytes after the end: accepted")
	}
	if _, err := ParseNumbers(nil, 1<<40, 4); err == nil {
		t.Error("2^40 numbers in no bytes: accepted")
	}
}

func FuzzParseNumbers(f *testing.F) {
	f.Add(AppendNumbers(nil, []int16{1, -2, 300, 4, 0, -6}, 3), int64(6), 3)
	f.Add([]byte{}, int64(1)<<50, 1)
	f.Fuzz(func(t *testing.T, b []byte, n int64, stride int) {
		if n < 0 || stride < 1 || stride > 1024 {
			return
		}
		v, err := ParseNumbers(b, n, stride)
		if err == nil && int64(len(v)) != n {
			t.Errorf("%d numbers, want %d", len(v), n)
		}
	})
}
