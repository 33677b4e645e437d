package number

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRows has rows longer than a piece, and a tensor that does not begin its reader.
func TestRows(t *testing.T) {
	const rows, columns, off = 3, 2*comparePiece + 7, 5
	rng := rand.New(rand.NewPCG(11, 12))
	raw := append(make([]byte, off), weights(rng, "BF16", rows*columns)...)
	want := make([]float32, rows*columns)
	Decoder("BF16")(want, raw[off:])
	r, ok := NewRows(Operand{bytes.NewReader(raw), off, "BF16", false}, []int64{rows, columns})
	if !ok {
		t.Fatal("no rows")
	}
	all := make([]float64, 2*columns)
	if err := r.Read(all, make([]byte, 2*r.Size), 1); err != nil {
		t.Fatal(err)
	}
	for i, x := range all {
		if float32(x) != want[columns+i] {
			t.Fatalf("element %d: got %v, want %v", columns+i, x, want[columns+i])
		}
	}
	for i := range int64(rows) {
		if !slices.Equal(r.Row(i), want[i*columns:][:columns]) {
			t.Errorf("row %d differs", i)
		}
	}
	if r.Row(rows) != nil {
		t.Error("a row after the last")
	}
	for _, o := range []Operand{{DType: "Q4_K"}, {DType: "I64"}, {DType: "F4"}} {
		if _, ok := NewRows(o, []int64{rows, columns}); ok {
			t.Errorf("%s: has rows of %d", o.DType, columns)
		}
	}
}

// TestDecoder holds float32 to the values that are compared.
func TestDecoder(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for _, n := range numberTypes {
		raw := randomElements(rng, n.dtype, n.size, 500, true)
		got, wide := make([]float32, 500), make([]float64, 500)
		Decoder(n.dtype)(got, raw)
		valuesOf[n.dtype].hi(wide, raw)
		for i, x := range wide {
			if !Same(float64(got[i]), float64(float32(x))) {
				t.Fatalf("%s, element %d: got %v, want %v", n.dtype, i, got[i], x)
			}
		}
	}
	if Decoder("C64") != nil {
		t.Error("C64 has numbers")
	}
}
