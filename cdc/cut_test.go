package cdc

import (
	"bytes"
	"fmt"
	"testing"
)

// small has the shape of Default in a sixteenth of the size.
var small = Params{Min: 16 << 10, Avg: 32 << 10, Max: 64 << 10}

// aligned is p with another Align.
func (p Params) aligned(n int) Params {
	p.Align = n
	return p
}

// lengths cuts all of data.
func lengths(p Params, data []byte) (out []int) {
	for len(data) > 0 {
		n := p.Cut(data)
		out = append(out, n)
		data = data[n:]
	}
	return out
}

// slowCut is the rule of the package doc, word for word.
func slowCut(p Params, data []byte) int {
	a := max(p.Align, 1)
	lo, hi := (p.Min+a-1)/a*a, p.Max/a*a
	ends := len(data) < hi
	t := (1<<64 - 1) / uint64((p.Avg-p.Min)/a)
	least, at := uint64(0), -1
	for pos := lo; pos <= hi && (!ends || len(data)-pos >= lo); pos += a {
		var h uint64
		for i := range window {
			h += gear[data[pos-1-i]] << i
		}
		if h < t {
			return pos
		}
		if at < 0 || h < least {
			least, at = h, pos
		}
	}
	if ends {
		return len(data)
	}
	return at
}

// inputs are blobs that stress a chunker: no pattern, short periods, runs.
func inputs() map[string][]byte {
	mixed := random(9, 512<<10)
	clear(mixed[100<<10 : 400<<10])
	return map[string][]byte{
		"random":   random(2, 512<<10),
		"zeros":    make([]byte, 512<<10),
		"ones":     bytes.Repeat([]byte{0xff}, 512<<10),
		"period 3": bytes.Repeat([]byte("abc"), 170<<10),
		"period 7": bytes.Repeat([]byte("0123456"), 70<<10),
		"run":      mixed,
		"nibbles":  nibbles(512 << 10),
	}
}

// nibbles is random data of little entropy.
func nibbles(n int) []byte {
	data := random(3, n)
	for i := range data {
		data[i] &= 1
	}
	return data
}

var aligns = []int{0, 1, 2, 3, 4, 5, 8, 18, 34, 63, 64, 65, 84, 110, 144, 176, 210, 512, 8192}

func TestCutFollowsTheRule(t *testing.T) {
	tiny := Params{Min: 64, Avg: 300, Max: 700}
	for name, data := range inputs() {
		for _, align := range aligns {
			p := small.aligned(align)
			if align <= 210 {
				p = tiny.aligned(align)
			}
			for rest := data[:100_003]; len(rest) > 0; {
				got, want := p.Cut(rest), slowCut(p, rest)
				if got != want {
					t.Fatalf("%s, align %d, %d left: cut at %d, want %d", name, align, len(rest), got, want)
				}
				rest = rest[got:]
			}
		}
	}
}

func TestCutContract(t *testing.T) {
	for name, data := range inputs() {
		for _, align := range aligns {
			for _, n := range []int{0, 1, 63, 64, small.Min, 2*small.Min - 1, 2 * small.Min, small.Max - 1, small.Max, len(data)} {
				t.Run(fmt.Sprintf("%s/align %d/%d", name, align, n), func(t *testing.T) {
					contract(t, small.aligned(align), data[:min(n, len(data))])
				})
			}
		}
	}
}

// contract checks what every caller may rely on.
func contract(t *testing.T, p Params, data []byte) {
	t.Helper()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	total := 0
	for rest := data; len(rest) > 0; {
		n := p.Cut(rest)
		last := n == len(rest)
		if n <= 0 || n > len(rest) || n > p.Max || n < p.Min && !last || n%max(p.Align, 1) != 0 && !last {
			t.Fatalf("chunk at %d: length %d of %d left with %+v", total, n, len(rest), p)
		}
		// What lies beyond Max bytes must not matter, nor what came before.
		if again := p.Cut(bytes.Clone(rest[:min(len(rest), p.Max)])); again != n {
			t.Fatalf("chunk at %d: length %d, but %d with only max bytes in hand", total, n, again)
		}
		rest, total = rest[n:], total+n
	}
	if total != len(data) {
		t.Fatalf("chunks have %d bytes, want %d", total, len(data))
	}
}

// A blob of less than two Min is one chunk: its halves would code worse.
func TestShortBlobIsOneChunk(t *testing.T) {
	data := random(4, 2*small.Min)
	for n := range len(data) {
		if got := small.Cut(data[:n]); got != n {
			t.Fatalf("blob of %d bytes: first chunk %d, want all", n, got)
		}
	}
}

func TestMeanIsAvg(t *testing.T) {
	data := random(5, 16<<20)
	for _, align := range []int{1, 2, 4, 34, 144, 210} {
		mean := len(data) / len(lengths(small.aligned(align), data))
		if mean < small.Avg*85/100 || mean > small.Avg*110/100 {
			t.Errorf("align %d: mean length %d, want near %d", align, mean, small.Avg)
		}
	}
}

// Runs of one byte are chunks of Min: all positions are equal and the first wins.
func TestRunsAreOfOneLength(t *testing.T) {
	for b := range 256 {
		data := bytes.Repeat([]byte{byte(b)}, 4*small.Max)
		got := lengths(small.aligned(2), data)
		for i, n := range got[:len(got)-1] {
			if n != small.Min {
				t.Fatalf("byte %#x: chunk %d has %d bytes, want %d", b, i, n, small.Min)
			}
		}
	}
}

func FuzzCut(f *testing.F) {
	f.Add([]byte(nil), uint16(64), uint16(100), uint16(0), uint8(0))
	f.Add(random(6, 3000), uint16(64), uint16(200), uint16(300), uint8(2))
	f.Add(random(7, 4000), uint16(100), uint16(400), uint16(0), uint8(210))
	f.Add(make([]byte, 2000), uint16(70), uint16(90), uint16(9), uint8(7))
	f.Fuzz(func(t *testing.T, data []byte, lo, more, most uint16, align uint8) {
		p := Params{Min: int(lo), Avg: int(lo) + int(more), Max: int(lo) + int(more) + int(most), Align: int(align)}
		if p.Validate() != nil {
			t.Skip()
		}
		contract(t, p, data)
		for rest := data; len(rest) > 0; {
			got, want := p.Cut(rest), slowCut(p, rest)
			if got != want {
				t.Fatalf("%+v, %d left: cut at %d, want %d", p, len(rest), got, want)
			}
			rest = rest[got:]
		}
	})
}
