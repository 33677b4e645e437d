package entropy

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"dits/cpu"
)

// A smallCase is numbers and their contexts.
type smallCase struct {
	name    string
	v       []int
	context func(i int) int
}

func smallCases() (all []smallCase) {
	r := rand.New(rand.NewPCG(21, 21))
	make1 := func(name string, n, contexts int, draw func() int) {
		c := smallCase{name: name, context: func(i int) int { return i % contexts }}
		for range n {
			c.v = append(c.v, draw())
		}
		all = append(all, c)
	}
	make1("none", 0, 1, nil)
	make1("one", 1, 1, func() int { return 5 })
	make1("zeros", 5000, 3, func() int { return 0 })
	make1("nothing", 5000, 2, func() int { return Nothing })
	make1("all", 5000, smallContexts, func() int { return r.IntN(1<<16) - 1<<15 })
	make1("ends", 200, 2, func() int {
		return []int{-smallMost - 1, -smallMost, smallMost, smallMost + 1, -1 << 15, 1<<15 - 1}[r.IntN(6)]
	})
	make1("normal", 5000, 4, func() int { return int(math.Round(r.NormFloat64() * 5)) })
	make1("far", 3000, 1, func() int { return 20 + r.IntN(4) })
	make1("sparse", 3000, smallContexts, func() int {
		if r.IntN(4) > 0 {
			return Nothing
		}
		return r.IntN(7) - 3
	})
	return all
}

func (c smallCase) write(dst []byte) []byte {
	w := NewSmallWriter()
	for i, v := range c.v {
		w.Put(c.context(i), v)
	}
	return w.Close(dst)
}

// read reads c from b in k and reports whether all of b was read.
func (c smallCase) read(level cpu.Level, b []byte) (v []int, done bool) {
	r := NewSmallReader(level, b)
	defer r.Free()
	for i := range c.v {
		v = append(v, r.Get(c.context(i)))
	}
	return v, r.Done() && !r.Over()
}

func TestSmallComesBack(t *testing.T) {
	for _, c := range smallCases() {
		b := c.write([]byte("before"))
		if !bytes.HasPrefix(b, []byte("before")) {
			t.Fatalf("%s: what was before is gone", c.name)
		}
		b = b[6:]
		for _, k := range []cpu.Level{cpu.Go, cpu.Best} {
			if v, done := c.read(k, b); !done || !slices.Equal(v, c.v) {
				t.Errorf("%s: came back wrong, done %v", c.name, done)
			}
		}
		for n := 0; n < len(b); n += 1 + len(b)/60 {
			if _, done := c.read(cpu.Best, b[:n:n]); done {
				t.Errorf("%s: %d of %d bytes are taken", c.name, n, len(b))
			}
		}
		if _, done := c.read(cpu.Best, append(b, 0, 0)); done {
			t.Errorf("%s: a word too many is taken", c.name)
		}
	}
}

// TestSmallCost holds what numbers of known distributions take to their entropy.
func TestSmallCost(t *testing.T) {
	for _, c := range smallCases() {
		if len(c.v) < 1000 || c.name == "all" {
			continue
		}
		counts := map[[2]int]float64{}
		totals := map[int]float64{}
		for i, v := range c.v {
			counts[[2]int{c.context(i), v}]++
			totals[c.context(i)]++
		}
		entropy := 0.0
		for k, n := range counts {
			entropy -= n * math.Log2(n/totals[k[0]])
		}
		bits := 8 * float64(len(c.write(nil)))
		most := 1.1*entropy + 0.03*float64(len(c.v)) + 40 + 16*float64(len(totals))
		if c.name == "far" { // no peak is there
			most = 10 * float64(len(c.v))
		}
		if bits > most {
			t.Errorf("%s: %.0f bits, entropy %.0f, want at most %.0f", c.name, bits, entropy, most)
		}
	}
}

// TestPeaks has every form that a byte pair can name: a reader can take each, and none makes a
// symbol so cheap that few bytes hold many.
func TestPeaks(t *testing.T) {
	for p := range peak(1 << peakBits) {
		var tb Table
		p.fill(&tb)
		sum := 0
		for _, f := range tb.Freq[:smallSymbols] {
			sum += int(f)
			if f > 1016 {
				t.Fatalf("form %#x: a symbol has %d of 1024", p, f)
			}
		}
		if sum != 1024 || tb.Freq[smallEscape] == 0 || tb.Freq[smallUnused] > 0 {
			t.Fatalf("form %#x: %d of 1024, escape %d, unused %d", p, sum, tb.Freq[smallEscape], tb.Freq[smallUnused])
		}
	}
}

// FuzzSmall reads anything: numbers in range or over, and the same in all kernels.
func FuzzSmall(f *testing.F) {
	for _, c := range smallCases() {
		f.Add(c.write(nil)[:min(len(c.write(nil)), 300)])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, twin := NewSmallReader(cpu.Best, b), NewSmallReader(cpu.Go, b)
		defer r.Free()
		defer twin.Free()
		context := 0
		for i := range 1 << 20 {
			v := r.Get(context)
			if w := twin.Get(context); v != w {
				t.Fatalf("number %d is %d, in Go %d", i, v, w)
			}
			if v != Nothing && v != int(int16(v)) {
				t.Fatalf("number %d is %d", i, v)
			}
			if r.Over() || r.Done() {
				return
			}
			if i > 1000*(len(b)+1) {
				t.Fatalf("%d numbers of %d bytes", i, len(b))
			}
			context = v & (smallContexts - 1)
		}
	})
}
