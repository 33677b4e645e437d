package predict

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats/ggml"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

const (
	quantRows    = 5
	quantColumns = 768
)

// weights are float32 numbers as those of a model.
func weights(r *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64() * 0.02)
	}
	return v
}

func floatBytes(v []float32) []byte {
	b := make([]byte, 0, 4*len(v))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// quantisable are the types of blocks that a quantiser is known of.
func quantisable() (out []ggml.Type) {
	for _, t := range ggml.Types() {
		if t.BlockElems() > 1 && t.CanQuantise() && t.CanRound() {
			out = append(out, t)
		}
	}
	return out
}

// quantisedFrom is a prediction of quants of type typ from a blob of float32.
func quantisedFrom(typ ggml.Type, source digest.ID, recipe Recipe) *Prediction {
	row := quantColumns / typ.BlockElems()
	return &Prediction{Kind: Quantised, Elem: codec.BlockElem(typ), From: codec.F32, Elements: quantRows * row, Width: row,
		Sources: []digest.ID{source}, By: &recipe}
}

// TestReplayIsTheQuantiser holds every range of a replay to the same range of what the quantiser made.
func TestReplayIsTheQuantiser(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	values, importance := weights(r, quantRows*quantColumns), make([]float32, quantColumns+3)
	for i := range importance {
		importance[i] = 12 * r.Float32()
	}
	store := blobs{}
	source, matrix := store.add(floatBytes(values)), store.add(floatBytes(importance))
	for _, typ := range quantisable() {
		for _, with := range []*Importance{nil, {Blob: matrix, Off: 12, Divisor: 3}} {
			p := quantisedFrom(typ, source, Recipe{Way: Replayed, Importance: with})
			back, err := Unmarshal(p.Marshal())
			require.NoError(t, err)
			require.Equal(t, p, back)
			q := &ggml.Quantiser{Type: typ, Columns: quantColumns}
			if with != nil {
				q.Weights = append([]float32{}, importance[3:]...)
				divide(q.Weights, 3)
			}
			want := make([]byte, int(p.Elements)*p.Elem.Size())
			require.NoError(t, q.Rows(want, values))
			for range 10 {
				first := r.Int64N(p.Elements)
				n := int(1 + r.Int64N(p.Elements-first))
				in, err := p.Input(first, n*p.Elem.Size(), store.open)
				require.NoError(t, err)
				part := want[int(first)*p.Elem.Size():][:n*p.Elem.Size()]
				got := make([]byte, len(part))
				require.True(t, in.Guide.Guess(got, nil))
				require.True(t, bytes.Equal(part, got), "%v: %d blocks from %d", typ, n, first)
				in.Guide.Settle(got, got)
				require.True(t, bytes.Equal(part, got), "%v: settled though all scales are right", typ)
			}
		}
	}
}

// TestSettleRoundsWhereScalesDiffer changes a scale of one block in three: its quants then follow from
// the scale, and the others stay as guessed.
func TestSettleRoundsWhereScalesDiffer(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	values := weights(r, quantRows*quantColumns)
	store := blobs{}
	source := store.add(floatBytes(values))
	for _, typ := range quantisable() {
		p := quantisedFrom(typ, source, Recipe{Way: Replayed})
		size, per := p.Elem.Size(), int(typ.BlockElems())
		first := 1
		n := int(p.Elements) - first
		in, err := p.Input(int64(first), n*size, store.open)
		require.NoError(t, err)
		guess := make([]byte, n*size)
		in.Guide.Guess(guess, nil)
		dst := bytes.Clone(guess)
		scale := scaleFields(typ)[0]
		for i := 0; i < n; i += 3 {
			dst[i*size+scale.Off] ^= 1
		}
		want := bytes.Clone(dst)
		for i := 0; i < n; i += 3 {
			require.NoError(t, typ.Round(want[i*size:][:size], values[(first+i)*per:][:per]))
		}
		in.Guide.Settle(dst, guess)
		require.True(t, bytes.Equal(want, dst), "%v", typ)

		p.By.(*Recipe).Way = Rounded
		in, err = p.Input(int64(first), n*size, store.open)
		require.NoError(t, err)
		require.False(t, in.Guide.Guess(make([]byte, n*size), nil))
		require.NoError(t, typ.Round(want, values[first*per:]))
		in.Guide.Settle(dst, nil)
		require.True(t, bytes.Equal(want, dst), "%v", typ)
	}
}

func TestQuantisedRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*Prediction)
		want string
	}{
		"to numbers":          {func(p *Prediction) { p.Elem = codec.F16 }, "no way"},
		"from bytes":          {func(p *Prediction) { p.From = codec.Bytes }, "no way"},
		"in another way":      {func(p *Prediction) { p.By.(*Recipe).Way = 9 }, "no way 9"},
		"no matrix":           {func(p *Prediction) { p.Width = 0 }, "whole rows"},
		"half a row":          {func(p *Prediction) { p.Width = 7 }, "whole rows"},
		"rows without end":    {func(p *Prediction) { p.Width, p.Elements = 1<<13+1, 1<<13+1 }, "want at most"},
		"two sources":         {func(p *Prediction) { p.Sources = make([]digest.ID, 2) }, "2 sources"},
		"no quantiser of IQ1": {func(p *Prediction) { p.Elem = codec.BlockElem(ggml.IQ1_S) }, "no way"},
		"a quantised quantity": {func(p *Prediction) {
			p.From, p.Of, p.Sources = p.Elem, quantisedFrom(ggml.Q4_K, digest.ID{1}, Recipe{Way: Rounded}), nil
		}, "kind 8 stands"},
	} {
		t.Run(name, func(t *testing.T) {
			p := quantisedFrom(ggml.Q4_K, digest.ID{1}, Recipe{Way: Rounded})
			_, err := Unmarshal(p.Marshal())
			require.NoError(t, err)
			c.edit(p)
			_, err = Unmarshal(p.Marshal())
			require.ErrorContains(t, err, c.want)
		})
	}
}

// What is short is an error, whatever was promised.
func TestQuantisedFromShortSource(t *testing.T) {
	store := blobs{}
	p := quantisedFrom(ggml.Q4_K, store.add(make([]byte, 4*quantColumns+4)), Recipe{Way: Replayed})
	_, err := p.Input(0, 3*p.Elem.Size(), store.open)
	require.NoError(t, err)
	_, err = p.Input(0, 4*p.Elem.Size(), store.open)
	require.Error(t, err)
	p.By.(*Recipe).Importance = &Importance{Blob: p.Sources[0], Off: 4, Divisor: 1}
	_, err = p.Input(0, p.Elem.Size(), store.open)
	require.NoError(t, err)
	p.By.(*Recipe).Importance.Off = 8
	_, err = p.Input(0, p.Elem.Size(), store.open)
	require.Error(t, err)
	_, err = p.Input(14, 2*p.Elem.Size(), store.open)
	require.ErrorContains(t, err, "of 15")
}

// TestHinted: with the candidate that the search took last a guess is right of nearly all bytes, and the
// same of any range; whatever the hints are, it is one.
func TestHinted(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	values := weights(r, quantRows*quantColumns)
	store := blobs{}
	source := store.add(floatBytes(values))
	n := 0
	for _, typ := range quantisable() {
		if typ.HintElems() == 0 {
			continue
		}
		n++
		p := quantisedFrom(typ, source, Recipe{Way: Hinted})
		size := p.Elem.Size()
		want := make([]byte, int(p.Elements)*size)
		require.NoError(t, (&ggml.Quantiser{Type: typ, Columns: quantColumns}).Rows(want, values))
		guess := func(first, n int64, hints []byte) (got, found []byte) {
			in, err := p.Input(first, int(n)*size, store.open)
			require.NoError(t, err)
			require.EqualValues(t, n*typ.BlockElems()/int64(typ.HintElems()), in.Guide.Hints())
			got = make([]byte, int(n)*size)
			if hints == nil {
				hints = make([]byte, in.Guide.Hints())
				in.Guide.Find(hints)
			}
			require.True(t, in.Guide.Guess(got, hints))
			return got, hints
		}
		whole, hints := guess(0, p.Elements, nil)
		wrong := 0
		for i := range want {
			if want[i] != whole[i] {
				wrong++
			}
		}
		t.Logf("%v: %.2f%% of bytes wrong", typ, 100*float64(wrong)/float64(len(want)))
		require.Less(t, wrong, len(want)/5, "%v", typ)
		per := int64(len(hints)) / p.Elements
		for range 10 {
			first := r.Int64N(p.Elements)
			n := 1 + r.Int64N(p.Elements-first)
			got, found := guess(first, n, nil)
			require.True(t, bytes.Equal(whole[int(first)*size:][:int(n)*size], got), "%v: %d blocks from %d", typ, n, first)
			require.Equal(t, hints[first*per:][:n*per], found)
			guess(first, n, randomBytes(r, len(found)))
		}
	}
	require.Equal(t, 4, n)
}
