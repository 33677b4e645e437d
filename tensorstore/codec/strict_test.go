package codec

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// section is b with its length before it.
func section(b []byte) []byte {
	return append(binary.AppendUvarint(nil, uint64(len(b))), b...)
}

// TestTokensStrict has token sections that only a bad writer makes.
func TestTokensStrict(t *testing.T) {
	s := new(Encoder)
	for i := range 1000 {
		s.Tok = append(s.Tok, uint8(i*i%7))
		s.Ctx = append(s.Ctx, 0)
	}
	enc := s.Append(nil, 1, maxSymbols)
	side, rest, _ := cutLen(enc)
	words, _, _ := cutLen(rest)
	lanes := func(n byte) []byte {
		w := newSmallWriter()
		tc := tableCoder{prev: &blank}
		tc.write(w, &table{level: [maxSymbols]uint8{maxLevel}}, 1)
		return w.close([]byte{n, 0})
	}
	states := make([]byte, 4*128)
	for i := 2; i < len(states); i += 4 {
		states[i] = 1
	}
	for _, tc := range []struct {
		name        string
		side, words []byte
		ok          bool
	}{
		{"as written", side, words, true},
		{"a word more", side, append(words[:len(words):len(words)], 0, 0), false},
		{"a byte more", side, append(words[:len(words):len(words)], 0), false},
		{"a word less", side, words[:len(words)-2], false},
		{"tables go on", append(side[:len(side):len(side)], 7, 7, 7, 7, 7, 7), words, false},
		{"tables end in zeros", append(side[:len(side):len(side)], 0), words, false},
		{"shift", shifted(maxShift), states[:4], true},
		{"shift too far", shifted(maxShift + 1), states[:4], false},
		{"32 lanes", lanes(5), states[:4*32], true},
		{"64 lanes", lanes(6), states[:4*64], true},
		{"128 lanes", lanes(7), states, false},
		{"coarse", lanes(8), states[:4], true},
		{"unknown flag", lanes(16), states[:4], false},
		{"no symbols", []byte{0}, states[:4], false},
		{"last symbol", topped(0), states[:4], true},
		{"last symbol beyond", topped(1), states[:4], false},
		{"last symbol before the first", topped(-2), states[:4], false},
	} {
		in := append(section(tc.side), section(tc.words)...)
		var tr Decoder
		_, err := tr.Open(in, 1)
		if err == nil {
			tok, tab := make([]uint8, 1000), make([]uint8, 1000)
			if tc.name != "as written" && tc.ok || tc.name == "shift too far" {
				tok, tab = nil, nil
			}
			if err = tr.Read(tok, tab); err == nil {
				err = tr.Close()
			}
		}
		if (err == nil) != tc.ok {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

// shifted is a table of two symbols, the first alone in use, moved by shift symbols.
func shifted(shift int) []byte { return oneLevel(shift, -1-min(shift, 0)) }

// topped is such a table whose last symbol is the second, plus top.
func topped(top int) []byte { return oneLevel(0, top) }

// oneLevel is a table of two symbols, of which those up to the last, 1 + top, have one level.
func oneLevel(shift, top int) []byte {
	w := newSmallWriter()
	w.put(smallShift, shift)
	w.put(smallTop, top)
	w.put(smallFresh, 40)
	if 1+min(shift, 0)+top > 0 {
		w.put(smallFresh+2, 0)
	}
	return w.close([]byte{0, 1})
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

// TestSetStrict has sets of symbols that only a bad writer makes, and tables
// with more symbols than the set has.
func TestSetStrict(t *testing.T) {
	set := func(esc, first, last uint64, every int) []byte {
		w := newBinWriter(nil)
		w.bits(esc, 1)
		w.bits(first, 10)
		w.bits(last, 10)
		var m [2]bit
		prev := 1
		for s := first + 1; s < last; s++ {
			v := 0
			if every > 0 && int(s)%every == 0 {
				v = 1
			}
			w.bit(&m[prev], v)
			prev = v
		}
		return section(w.close())
	}
	for _, tc := range []struct {
		name string
		b    []byte
		ok   bool
	}{
		{"one", set(0, 5, 5, 0), true},
		{"256", set(0, 0, 255, 1), true},
		{"257", set(0, 0, 256, 1), false},
		{"255 and an escape", set(1, 0, 254, 1), true},
		{"256 and an escape", set(1, 0, 255, 1), false},
		{"backwards", set(0, 6, 5, 0), false},
		{"longer", section(append(set(0, 5, 9, 2)[1:], 1, 1, 1, 1, 1, 1)), false},
	} {
		if _, err := new(symbolSet).read(tc.b, 10); (err == nil) != tc.ok {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
	src := pattern(BF16, 64, 3)
	enc, _ := fieldsCodec{}.Encode(nil, src, Input{Elem: BF16})
	_, rest, _ := cutLen(enc[2:])
	w := newBinWriter(nil)
	w.bits(0, 1)
	w.bits(300, 10)
	w.bits(300, 10)
	bad := append(append([]byte{formFloat, fieldsStored}, section(w.close())...), rest...)
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
	runs, rest, _ := cutLen(enc[1:])
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
