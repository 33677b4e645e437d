package codec

import (
	"bytes"
	"encoding/binary"
	"testing"

	"dits/tensorstore/codec/entropy"
)

// section is b with its length before it.
func section(b []byte) []byte {
	return append(binary.AppendUvarint(nil, uint64(len(b))), b...)
}

// TestFieldsStrict has headers of Fields that only a bad writer makes.
func TestFieldsStrict(t *testing.T) {
	src := pattern(BF16, 64, 3)
	enc, ok := fieldsCodec{}.Encode(nil, src, Input{Elem: BF16})
	if !ok || enc[1] != fieldsStored {
		t.Fatalf("applies %v, begins %x", ok, enc[:2])
	}
	act := &Activity{mode: RowScales, rows: 8, width: 8, row: make([]int16, 8)}
	window := func(lo, n byte) []byte {
		return append([]byte{formFloat, fieldsStored | fieldsWindow, lo, n, 0, 0}, enc[2:]...)
	}
	for _, tc := range []struct {
		name string
		enc  []byte
		act  *Activity
		ok   bool
	}{
		{"as written", enc, nil, true},
		{"the same window", window(0, 5), nil, true},
		{"window beyond", window(1, 5), nil, false},
		{"window far beyond", window(255, 255), nil, false},
		{"unknown flag", append([]byte{formFloat, fieldsStored | 8}, enc[2:]...), nil, false},
		{"leans without activity", append([]byte{formFloat, fieldsSigned}, enc[2:]...), nil, false},
		{"leans of none", append([]byte{formFloat, fieldsSigned, 0}, enc[2:]...), act, false},
		{"offset far", append([]byte{formFloat, fieldsStored, 0xff, 0xff, 0xff, 0xff, 0x0f}, enc[2:]...), act, false},
		{"class of a float", append([]byte{formClass}, enc[1:]...), nil, false},
		{"form 3", append([]byte{3}, enc[1:]...), nil, false},
	} {
		err := (fieldsCodec{}).Decode(make([]byte, len(src)), tc.enc, Input{Elem: BF16, Act: tc.act})
		if (err == nil) != tc.ok {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

// TestLeansStrict decodes signs turned by leans with an activity that has none.
func TestLeansStrict(t *testing.T) {
	src := pattern(BF16, 4096, 3)
	for i := 1; i < len(src); i += 2 {
		if i/2%3 == 0 {
			src[i] &= 0x7f
		}
	}
	m := NewMeter(BF16, 4096/48, 48, RowColScales)
	m.Add(src, nil, 0)
	act := *m.Activity()
	src = src[:2*48*(4096/48)]
	enc, ok := fieldsCodec{}.Encode(nil, src, Input{Elem: BF16, Act: &act})
	if !ok || enc[1]&fieldsSigned == 0 {
		t.Fatalf("applies %v, begins %x: no leans", ok, enc[:2])
	}
	act.lean = nil
	if err := (fieldsCodec{}).Decode(make([]byte, len(src)), enc, Input{Elem: BF16, Act: &act}); err == nil {
		t.Error("leans are taken where there are none")
	}
}

// TestFieldsSymbols has tables with more symbols than the set has.
func TestFieldsSymbols(t *testing.T) {
	src := pattern(BF16, 64, 3)
	enc, _ := fieldsCodec{}.Encode(nil, src, Input{Elem: BF16})
	_, rest, _ := entropy.CutSection(enc[2:])
	one := entropy.SymbolSet{N: 1, Symbol: [entropy.MaxSymbols]uint16{300}}
	bad := append(one.Append([]byte{formFloat, fieldsStored}, 10), rest...)
	if err := (fieldsCodec{}).Decode(make([]byte, len(src)), bad, Input{Elem: BF16}); err == nil {
		t.Error("tables of more symbols than the set has are taken")
	}
}

// TestDeltaStrict has headers of Delta that only a bad writer makes.
func TestDeltaStrict(t *testing.T) {
	pred := pattern(BF16, 1024, 3)
	src := append([]byte(nil), pred...)
	for i := range 200 {
		src[2*i] ^= 1
	}
	in := Input{Elem: BF16, Pred: pred}
	enc, ok := deltaCodec{}.Encode(nil, src, in)
	if !ok || enc[0] != deltaRuns {
		t.Fatalf("applies %v, begins %x", ok, enc[0])
	}
	runs, rest, _ := entropy.CutSection(enc[1:])
	_, k := binary.Varint(rest)
	long := []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	far := binary.AppendVarint(nil, 1<<17)
	with := func(flags byte, runs, off []byte) []byte {
		b := append([]byte{flags}, section(runs)...)
		return append(append(b, off...), rest[k:]...)
	}
	none := &spans{n: 1024, same: []bool{true, true, true, true}}
	for _, tc := range []struct {
		name string
		enc  []byte
		ok   bool
	}{
		{"as written", with(deltaRuns, runs, rest[:k]), true},
		{"runs go on", with(deltaRuns, append(runs[:len(runs):len(runs)], 1, 1, 1, 1, 1, 1), rest[:k]), false},
		{"offset too long", with(deltaRuns, runs, long), false},
		{"offset far", with(deltaRuns, runs, far), false},
		{"unknown flag", with(deltaRuns|8, runs, rest[:k]), false},
		{"same and more", with(deltaRuns|deltaSame, runs, rest[:k]), false},
		{"all runs the same", none.append([]byte{deltaRuns}), true},
		{"all runs the same and more", append(none.append([]byte{deltaRuns}), 0), false},
	} {
		err := (deltaCodec{}).Decode(make([]byte, len(src)), tc.enc, in)
		if (err == nil) != tc.ok {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
	body := append([]byte{formClass, deltaRuns}, enc[1:]...)
	if err := (fieldsCodec{}).Decode(make([]byte, len(src)), body, Input{Elem: I16}); err == nil {
		t.Error("runs of a chunk without a prediction are taken")
	}
}

// TestUncoveredStrict has activities that do not cover the chunk: they count as none.
func TestUncoveredStrict(t *testing.T) {
	src := pattern(BF16, 4096, 3)
	m := NewMeter(BF16, 64, 64, RowColScales)
	m.Add(src, nil, 0)
	act := m.Activity()
	for _, c := range []Codec{fieldsCodec{}, deltaCodec{}} {
		in := Input{Elem: BF16, Pred: make([]byte, len(src))}
		want, _ := c.Encode(nil, src, in)
		in.Act = act
		if enc, _ := roundTrip(t, c, sample{"covered", src, in}); bytes.Equal(enc, want) {
			t.Errorf("%T: the activity makes no difference", c)
		}
		for _, first := range []int64{-1, 1, 4096, 1 << 62, -1 << 63, 1<<63 - 1} {
			in.First = first
			if enc, _ := roundTrip(t, c, sample{"uncovered", src, in}); !bytes.Equal(enc, want) {
				t.Errorf("%T: element %d on of 4,096: the activity counts", c, first)
			}
		}
		in.First, in.Act = 0, &Activity{mode: RowScales, rows: 1, width: 64, row: []int16{0}}
		roundTrip(t, c, sample{"small", src, in})
	}
}
