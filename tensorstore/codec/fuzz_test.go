package codec

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// longest is how long a fuzzed chunk gets. Short ones reach no loop of a kernel: those take 32 elements or more at
// a time, and their entropy coders have 64 lanes only in chunks of some 100,000 tokens.
const longest = 320 << 10

// longLengths are the lengths of seeds that reach every loop, and what is left behind it.
var longLengths = []int{64<<10 + 22, 300<<10 + 6}

// tiled is n bytes of repetitions of seed.
func tiled(seed []byte, n int) []byte {
	b := make([]byte, n)
	for i := 0; len(seed) > 0 && i < n; i += len(seed) {
		copy(b[i:], seed)
	}
	return b
}

// fuzzInput makes a chunk's context of a few numbers. The activity, if any, is
// that of the prediction.
func fuzzInput(elem, mode uint8, n uint32, pred []byte) (Input, []byte) {
	in := Input{Elem: Elem(elem % 11)}
	size := int(n % (longest + 1))
	in.Pred = tiled(pred, size)
	const width = 16
	m := NewMeter(in.Elem, int64(size/in.Elem.Size())/width+1, width, Mode(mode&7))
	m.Add(in.Pred, nil, 0)
	in.Act, in.Width = m.Activity(), width
	return in, make([]byte, size)
}

// fuzzDecode is the body of the fuzz targets of decoders: an error or bytes,
// and what decodes decodes again to the same.
func fuzzDecode(f *testing.F, c Codec) {
	for name, el := range elems {
		for i, s := range samples(el) {
			if len(s.src) == 0 || len(s.src) > 700 || i%7 != len(name)%7 {
				continue
			}
			in, _ := fuzzInput(uint8(el), 3, uint32(len(s.src)), s.in.Pred)
			if enc, ok := c.Encode(nil, s.src, in); ok {
				f.Add(enc, uint8(el), uint8(3), uint32(len(s.src)), s.in.Pred)
			}
		}
		r := rand.New(rand.NewPCG(41, uint64(el)))
		for _, n := range longLengths {
			pred := weights(r, el, 555, 0.02)
			in, _ := fuzzInput(uint8(el), 3, uint32(n), pred)
			if enc, ok := c.Encode(nil, near(r, in.Pred, el.Size(), 3), in); ok {
				f.Add(enc, uint8(el), uint8(3), uint32(n), pred)
			}
		}
	}
	f.Fuzz(func(t *testing.T, enc []byte, elem, mode uint8, n uint32, pred []byte) {
		in, dst := fuzzInput(elem, mode, n, pred)
		sameDecoding(t, c, len(dst), enc, in)
		if err := c.Decode(dst, enc, in); err != nil {
			return
		}
		again := make([]byte, len(dst))
		if err := c.Decode(again, enc, in); err != nil || !bytes.Equal(dst, again) {
			t.Fatalf("decodes to other bytes the second time: %v", err)
		}
	})
}

func FuzzFieldsDecode(f *testing.F) { fuzzDecode(f, fieldsCodec{}) }

func FuzzDeltaDecode(f *testing.F) { fuzzDecode(f, deltaCodec{}) }

func FuzzRoundTrip(f *testing.F) {
	for _, el := range elems {
		for i, s := range samples(el) {
			if len(s.src) <= 700 && i%11 == 0 {
				f.Add(s.src, uint8(el), uint8(7), uint32(len(s.src)), s.in.Pred)
			}
		}
		r := rand.New(rand.NewPCG(42, uint64(el)))
		for _, n := range longLengths {
			f.Add(weights(r, el, 1111, 0.02), uint8(el), uint8(7), uint32(n), weights(r, el, 555, 0.02))
		}
	}
	f.Fuzz(func(t *testing.T, seed []byte, elem, mode uint8, n uint32, pred []byte) {
		in, _ := fuzzInput(elem, mode, n, pred)
		src := tiled(seed, len(in.Pred))
		whole := src[:len(src)/in.Elem.Size()*in.Elem.Size()]
		sameMeters(t, sample{"fuzz", whole, Input{Elem: in.Elem, Width: 40, Pred: in.Pred[:len(whole)]}})
		for _, e := range encodings {
			roundTrip(t, codecFor(t, e), sample{"fuzz", src, in})
		}
	})
}

func FuzzParseActivity(f *testing.F) {
	for _, a := range activities() {
		f.Add(a.Append(nil), a.rows, a.width)
	}
	f.Add([]byte{1}, int64(1)<<40, int64(2))
	f.Fuzz(func(t *testing.T, b []byte, rows, width int64) {
		a, err := ParseActivity(b, rows, width)
		if err != nil {
			return
		}
		if int64(len(a.row)+len(a.col)+len(a.lean)) > 4096+2048*int64(len(b)) {
			t.Fatalf("%d scales of %d bytes", len(a.row)+len(a.col)+len(a.lean), len(b))
		}
		again, err := ParseActivity(a.Append(nil), rows, width)
		if err != nil {
			t.Fatalf("parsed, but not when written again: %v", err)
		}
		sameActivity(t, again, a)
	})
}
