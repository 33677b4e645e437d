package tensorstore

import (
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/tensorstore/choose"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// scaledOf is a BF16 matrix in a type of few values, and its scales.
func scaledOf(t *testing.T, base []byte, to codec.Elem, s predict.Scaling) (values, scales []byte) {
	t.Helper()
	p := &predict.Prediction{Kind: predict.Scaled, Elem: to, From: codec.BF16, Elements: s.Rows * s.Columns, Sources: []digest.ID{{1}}, By: &s}
	values = make([]byte, p.Elements)
	require.NoError(t, p.Predict(values, 0, openerOf(base)))
	p = &predict.Prediction{Kind: predict.Scales, Elem: s.Scale, From: codec.BF16, Elements: s.Count(), Sources: []digest.ID{{1}}, By: &s}
	scales = make([]byte, int(p.Elements)*s.Scale.Size())
	require.NoError(t, p.Predict(scales, 0, openerOf(base)))
	return values, scales
}

// TestScaledCostsNothing: int8 and FP8 weights, and their scales, cost some hundred bytes where the store has
// what they were made of, whatever the tiles.
func TestScaledCostsNothing(t *testing.T) {
	const rows, columns = 700, 256 // more than a sample has
	base := weights(31, rows*columns)
	names := map[codec.Elem]string{codec.I8: "I8", codec.E4M3: "F8_E4M3", codec.F32: "F32", codec.BF16: "BF16", codec.F16: "F16"}
	for name, c := range map[string]struct {
		to codec.Elem
		predict.Scaling
	}{
		"int8 by row":     {codec.I8, predict.Scaling{TileRows: 1, TileCols: columns, Largest: 127, Scale: codec.F32}},
		"int8 by group":   {codec.I8, predict.Scaling{TileRows: 1, TileCols: 64, Largest: 127, Scale: codec.F16, Inverse: true}},
		"FP8 by square":   {codec.E4M3, predict.Scaling{TileRows: 128, TileCols: 128, Largest: 448, Scale: codec.F32}},
		"FP8 by row":      {codec.E4M3, predict.Scaling{TileRows: 1, TileCols: columns, Largest: 448, Scale: codec.BF16}},
		"FP8 of a tensor": {codec.E4M3, predict.Scaling{TileRows: rows, TileCols: columns, Largest: 448, Scale: codec.F32}},
	} {
		t.Run(name, func(t *testing.T) {
			c.Rows, c.Columns = rows, columns
			values, scales := scaledOf(t, base, c.to, c.Scaling)
			s, _ := open(t, Options{})
			putAll(t, s, matrix(rows, columns), base)
			relative := choose.Relative{Blob: digest.Sum(base), DType: "BF16"}
			before := packBytes(t, s)
			h := matrix(rows, columns)
			h.DType, h.Relatives = formats.DType(names[c.to]), []choose.Relative{relative}
			putAll(t, s, h, values)
			require.Less(t, packBytes(t, s)-before, int64(700), "values")
			before = packBytes(t, s)
			relative.Columns = columns
			h = choose.Known{DType: formats.DType(names[c.Scale]), Shape: []int64{int64(len(scales) / c.Scale.Size())}, Relatives: []choose.Relative{relative}}
			putAll(t, s, h, scales)
			require.Less(t, packBytes(t, s)-before, int64(700), "scales")
			s.chunks.Purge()
			requireBlob(t, s, values)
			requireBlob(t, s, scales)
		})
	}
}
