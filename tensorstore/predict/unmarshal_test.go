package predict

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats/ggml"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// samples are predictions of every kind whose stored form has no code that a shorter one may be read as: of all
// but low rank.
func samples() map[string]*Prediction {
	id := digest.Sum([]byte("source"))
	m := codec.NewMeter(codec.BF16, 4, 32, codec.RowColScales)
	values := make([]byte, 2*4*32)
	for i := range values {
		values[i] = byte(i*37) & 0x3f
	}
	m.Add(values, nil, 0)
	return map[string]*Prediction{
		"alone":           {Kind: Alone, Elem: codec.F32, From: codec.F32},
		"alone, scales":   {Kind: Alone, Elem: codec.BF16, From: codec.BF16, Elements: 128, Width: 32, Activity: m.Activity()},
		"relative":        {Kind: Relative, Elem: codec.Bytes, From: codec.Bytes, Elements: 7, Sources: []digest.ID{id}},
		"relative, large": {Kind: Relative, Elem: codec.I64, From: codec.I64, Elements: maxElements, Sources: []digest.ID{id}},
		"cast":            {Kind: Cast, Elem: codec.BF16, From: codec.F32, Elements: 128, Width: 32, Sources: []digest.ID{id}, Activity: m.Activity()},
		"combination": {Kind: Combined, Elem: codec.BF16, From: codec.F16, Elements: 128, Width: 32, Sources: []digest.ID{id, {1}, {2}},
			Activity: m.Activity(), By: &Combination{DeltaSums, []float32{1, 0.3, -0.7}}},
		"arranged": {Kind: Arranged, Elem: codec.F32, From: codec.F32, Elements: 512, Width: 32, Sources: []digest.ID{id}, By: &Arrangement{Skip: 3, Heads: 4, Pairs: true}},
		"stacked":  {Kind: Arranged, Elem: codec.F32, From: codec.F32, Elements: 512, Width: 32, Sources: []digest.ID{id, {1}}, By: &Arrangement{}},
		"quantised": {Kind: Quantised, Elem: codec.BlockElem(ggml.Q4_K), From: codec.F16, Elements: 8, Width: 2,
			Of: &Prediction{Kind: Cast, Elem: codec.F16, From: codec.BF16, Elements: 2048, Sources: []digest.ID{id}},
			By: &Recipe{Way: Replayed, Fused: true, Importance: &Importance{Blob: id, Off: 35, Divisor: 12}}},
		"rounded": {Kind: Quantised, Elem: codec.BlockElem(ggml.Q8_0), From: codec.BlockElem(ggml.Q6_K), Elements: 16, Width: 8, Sources: []digest.ID{id}, By: &Recipe{Way: Rounded}},
		"rows": {Kind: Rows, Elem: codec.BF16, From: codec.BF16, Elements: 128, Width: 32, Sources: []digest.ID{id},
			Activity: m.Activity(), By: Runs{{0, 1, 7}, {2, 2, 1000}}},
		"scales": {Kind: Scales, Elem: codec.F16, From: codec.BF16, Elements: 12, Sources: []digest.ID{id},
			By: &Scaling{Rows: 5, Columns: 64, TileRows: 2, TileCols: 16, Largest: 448, Scale: codec.F16}},
		"scaled": {Kind: Scaled, Elem: codec.I8, From: codec.F16, Elements: 320,
			Of: &Prediction{Kind: Arranged, Elem: codec.F16, From: codec.F16, Elements: 320, Sources: []digest.ID{id}, By: &Arrangement{Skip: 7}},
			By: &Scaling{Rows: 5, Columns: 64, TileRows: 1, TileCols: 64, Largest: 127, Scale: codec.F32, Given: 0.25, Inverse: true}},
		"merged": {Kind: Merged, Elem: codec.BF16, From: codec.BF16, Elements: 128, Width: 32, Sources: []digest.ID{id}, Activity: m.Activity(),
			By: &Merge{A: digest.ID{3}, B: digest.ID{4}, Elem: codec.F32, Rank: 2, Scale: 0.5, Order: roundedChange | scaledB, Transposed: true}},
	}
}

func TestUnmarshal(t *testing.T) {
	for name, p := range samples() {
		t.Run(name, func(t *testing.T) {
			b := p.Marshal()
			got, err := Unmarshal(b)
			require.NoError(t, err)
			require.Equal(t, p, got)
			for n := range b {
				_, err := Unmarshal(b[:n])
				require.Error(t, err, "%d bytes", n)
			}
			_, err = Unmarshal(append(b, 0))
			require.Error(t, err)
		})
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	source := bytes.Repeat([]byte{7}, digest.Size)
	with := func(b ...byte) []byte { return append(append(b, source...), 0, 0) }
	for name, c := range map[string]struct {
		bytes []byte
		want  string
	}{
		"nothing":                {nil, "truncated"},
		"a later version":        {[]byte{9, 1, 1, 1, 0, 0, 0, 0, 0}, "version 9"},
		"a later kind":           {[]byte{1, 77, 1, 1, 0, 0, 0, 0, 0}, "kind 77"},
		"a later element type":   {[]byte{1, 1, 63, 63, 0, 0, 0, 0, 0}, "element types 63"},
		"alone with a source":    {with(1, 1, 1, 1, 0, 0, 1), "1 sources, want 0"},
		"relative without":       {[]byte{1, 2, 1, 1, 0, 0, 0, 0, 0}, "0 sources, want 1"},
		"relative of another":    {with(1, 2, 1, 2, 0, 0, 1), "source has element type"},
		"cast to itself":         {with(1, 3, 1, 1, 0, 0, 1), "no cast"},
		"more elements than any": {[]byte{1, 1, 1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0}, "want at most"},
		"a row longer than all":  {[]byte{1, 1, 1, 1, 4, 5, 0, 0, 0}, "rows of 5"},
		"rows without end":       {[]byte{1, 1, 1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, 0, 0, 0}, "rows and columns"},
		"scales without rows":    {[]byte{1, 1, 1, 1, 4, 0, 0, 0, 1, 3}, "without a row length"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Unmarshal(c.bytes)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// TestUnmarshalRefusesFlags: a flag is 0 or 1, so that a later version may say more with it.
func TestUnmarshalRefusesFlags(t *testing.T) {
	for _, name := range []string{"arranged", "scales", "merged"} {
		b := samples()[name].Marshal()
		b[len(b)-1] = 2
		_, err := Unmarshal(b)
		require.ErrorContains(t, err, "flag 2 is not known", name)
	}
}

// fuzzGuide goes through the steps of a guide with whatever lies in the source.
func fuzzGuide(t *testing.T, p *Prediction, first int64, source io.ReaderAt) {
	if p.columns() > 4096 {
		return // a row is read whole, which the source is too short for
	}
	in, err := p.Input(first, 3*p.Elem.Size(), func(digest.ID) (io.ReaderAt, error) { return source, nil })
	if err != nil || in.Guide == nil {
		return
	}
	require.LessOrEqual(t, first+3, p.Elements)
	dst := make([]byte, 3*p.Elem.Size())
	hints := bytes.Repeat([]byte{byte(first)}, in.Guide.Hints())
	if !in.Guide.Guess(dst, hints) {
		_, err := source.ReadAt(dst, 1)
		require.NoError(t, err)
	}
	in.Guide.Settle(dst, nil)
}

// FuzzUnmarshal reads predictions that nobody wrote, and predicts by them.
func FuzzUnmarshal(f *testing.F) {
	for _, p := range samples() {
		f.Add(p.Marshal(), int64(0))
	}
	f.Add(samples()["cast"].Marshal(), int64(120))
	f.Add(samples()["combination"].Marshal(), int64(100))
	f.Add(samples()["rows"].Marshal(), int64(40))
	f.Add(samples()["rounded"].Marshal(), int64(5))
	f.Add([]byte{1, 4, 1, 1, 16, 4, 1}, int64(3))
	f.Add(lowRankOf(codec.F16).Marshal(), int64(0))
	f.Add(lowRankOfRows().Marshal(), int64(2))
	source := bytes.NewReader(bytes.Repeat([]byte{0x3c, 0xa1, 0x40}, 1000))
	f.Fuzz(func(t *testing.T, b []byte, first int64) {
		p, err := Unmarshal(b)
		if err != nil {
			return
		}
		stored := p.Marshal()
		again, err := Unmarshal(stored)
		require.NoError(t, err)
		require.Equal(t, stored, again.Marshal())
		require.Equal(t, p, again)
		dst := make([]byte, 33)
		if p.Predict(dst, first, func(digest.ID) (io.ReaderAt, error) { return source, nil }) == nil && p.Predicts() {
			require.LessOrEqual(t, first+int64(33/p.Elem.Size()), p.Elements)
		}
		fuzzGuide(t, p, first, source)
	})
}
