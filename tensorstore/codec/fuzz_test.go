package codec

import (
	"bytes"
	"testing"
)

// fuzzInput makes a chunk's context of a few numbers. The activity, if any, is
// that of the prediction.
func fuzzInput(elem, mode uint8, n uint16, pred []byte) (Input, []byte) {
	in := Input{Elem: Elem(elem % 11)}
	size := int(n) % 4096
	p := make([]byte, size)
	for i := 0; len(pred) > 0 && i < size; i += len(pred) {
		copy(p[i:], pred)
	}
	in.Pred = p
	const width = 16
	m := NewMeter(in.Elem, int64(size/in.Elem.Size())/width+1, width, Mode(mode&7))
	m.Add(p, nil, 0)
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
			in, _ := fuzzInput(uint8(el), 3, uint16(len(s.src)), s.in.Pred)
			if enc, ok := c.Encode(nil, s.src, in); ok {
				f.Add(enc, uint8(el), uint8(3), uint16(len(s.src)), s.in.Pred)
			}
		}
	}
	f.Fuzz(func(t *testing.T, enc []byte, elem, mode uint8, n uint16, pred []byte) {
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
				f.Add(s.src, uint8(el), uint8(7), s.in.Pred)
			}
		}
	}
	f.Fuzz(func(t *testing.T, src []byte, elem, mode uint8, pred []byte) {
		src = src[:min(len(src), 4095)]
		in, _ := fuzzInput(elem, mode, uint16(len(src)), pred)
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
