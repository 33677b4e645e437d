package entropy

import (
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
	enc := s.Append(nil, 1, MaxSymbols)
	side, rest, _ := CutSection(enc)
	words, _, _ := CutSection(rest)
	lanes := func(n byte) []byte {
		w := NewSmallWriter()
		tc := tableCoder{prev: &blank}
		tc.write(w, &Table{Level: [MaxSymbols]uint8{MaxLevel}}, 1)
		return w.Close([]byte{n, 0})
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
	w := NewSmallWriter()
	w.Put(smallShift, shift)
	w.Put(smallTop, top)
	w.Put(smallFresh, 40)
	if 1+min(shift, 0)+top > 0 {
		w.Put(smallFresh+2, 0)
	}
	return w.Close([]byte{0, 1})
}

// TestSetStrict has sets of symbols that only a bad writer makes.
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
		if _, err := new(SymbolSet).Read(tc.b, 10); (err == nil) != tc.ok {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}
