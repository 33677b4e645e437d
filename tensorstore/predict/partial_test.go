package predict

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// TestPartOfAnElementBehindTheEnd: a chunk that claims to begin where its tensor ends, with less than an element, is
// refused by every kind that computes where to read.
func TestPartOfAnElementBehindTheEnd(t *testing.T) {
	store := blobs{}
	source := store.add(make([]byte, 64))
	for name, p := range map[string]*Prediction{
		"nothing arranged": {Kind: Arranged, Elem: codec.F16, From: codec.F16, Sources: timesOf(source, 1), By: &Arrangement{}},
		"stacked":          {Kind: Arranged, Elem: codec.F16, From: codec.F16, Elements: 64, Sources: timesOf(source, 2), By: &Arrangement{}},
		"scales": {Kind: Scales, Elem: codec.F32, From: codec.F32, Elements: 3, Sources: timesOf(source, 1),
			By: &Scaling{Rows: 5, Columns: 3, TileRows: 2, TileCols: 3, Largest: 127, Scale: codec.F32}},
		"cast": {Kind: Cast, Elem: codec.F16, From: codec.F32, Elements: 16, Sources: timesOf(source, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Unmarshal(p.Marshal())
			require.NoError(t, err)
			require.ErrorContains(t, p.Predict(make([]byte, 1), p.Elements, store.open), "elements [")
		})
	}
}

// timesOf is n times the same blob.
func timesOf(id digest.ID, n int) (out []digest.ID) {
	for range n {
		out = append(out, id)
	}
	return out
}

// TestNaNsOfScaledAreTheSameEverywhere: infinity over an infinite scale is a NaN, whose sign is that of the value.
func TestNaNsOfScaledAreTheSameEverywhere(t *testing.T) {
	inf := math.Float32bits(float32(math.Inf(1)))
	var raw []byte
	for _, bits := range []uint32{inf, inf | 1<<31, inf | 1, inf | 1<<31 | 1} {
		raw = binary.LittleEndian.AppendUint32(raw, bits)
	}
	store := blobs{}
	for _, inverse := range []bool{false, true} {
		s := &Scaling{Rows: 1, Columns: 4, TileRows: 1, TileCols: 4, Largest: 448, Scale: codec.F32, Inverse: inverse}
		p := &Prediction{Kind: Scaled, Elem: codec.E4M3, From: codec.F32, Elements: 4, Sources: timesOf(store.add(raw), 1), By: s}
		got := make([]byte, 4)
		require.NoError(t, p.Predict(got, 0, store.open))
		require.Equal(t, []byte{0x7f, 0xff, 0x7f, 0xff}, got)
	}
}
