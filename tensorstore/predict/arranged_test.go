package predict

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// blobs opens byte slices by their digests.
type blobs map[digest.ID][]byte

func (b blobs) add(content []byte) digest.ID {
	id := digest.Sum(content)
	b[id] = content
	return id
}

func (b blobs) open(id digest.ID) (io.ReaderAt, error) {
	if content, ok := b[id]; ok {
		return bytes.NewReader(content), nil
	}
	return nil, fmt.Errorf("%s: unknown", id)
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// interleaved is m, rows of width bytes, as LlamaModel.permute of llama.cpp's converter has it:
// reshape(heads, 2, d/2, width).swapaxes(1, 2).
func interleaved(m []byte, width, heads int) []byte {
	d := len(m) / width / heads
	var out []byte
	for h := range heads {
		for i := range d / 2 {
			for half := range 2 {
				row := h*d + half*(d/2) + i
				out = append(out, m[row*width:][:width]...)
			}
		}
	}
	return out
}

// requireRanges holds every range of a prediction to that of the whole, want.
func requireRanges(t *testing.T, r *rand.Rand, p *Prediction, open Opener, want []byte) {
	t.Helper()
	back, err := Unmarshal(p.Marshal())
	require.NoError(t, err)
	require.Equal(t, p, back)
	size := p.Elem.Size()
	for i := range 100 {
		first, n := 0, len(want)
		if i > 0 {
			first = r.IntN(len(want) / size)
			n = r.IntN(len(want)/size-first+1) * size
		}
		got := make([]byte, n)
		require.NoError(t, p.Predict(got, int64(first), open))
		require.True(t, bytes.Equal(want[first*size:][:n], got), "%d bytes from element %d", n, first)
	}
	require.Error(t, p.Predict(make([]byte, 2*size), p.Elements-1, open))
}

func TestArrangedHeads(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const width, rows = 48, 24
	store := blobs{}
	halves := randomBytes(r, 2*width*rows)
	for _, heads := range []int{1, 2, 3, 6, 12} {
		pairs := interleaved(halves, 2*width, heads)
		p := &Prediction{Kind: Arranged, Elem: codec.BF16, From: codec.BF16, Elements: rows * width, Width: width,
			Sources: []digest.ID{store.add(halves)}, By: &Arrangement{Heads: int64(heads)}}
		requireRanges(t, r, p, store.open, pairs)
		p.Sources, p.By = []digest.ID{store.add(pairs)}, &Arrangement{Heads: int64(heads), Pairs: true}
		requireRanges(t, r, p, store.open, halves)
	}
}

func TestArrangedStackAndSlice(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const width, rows, experts = 32, 8, 5
	store := blobs{}
	var ids []digest.ID
	var all []byte
	for range experts {
		one := randomBytes(r, 4*width*rows)
		ids, all = append(ids, store.add(one)), append(all, one...)
	}
	stacked := &Prediction{Kind: Arranged, Elem: codec.F32, From: codec.F32, Elements: experts * rows * width, Width: width, Sources: ids, By: &Arrangement{}}
	requireRanges(t, r, stacked, store.open, all)
	stacked.By = &Arrangement{Heads: experts * 2}
	requireRanges(t, r, stacked, store.open, interleaved(all, 4*width, experts*2))

	whole := store.add(all)
	for k := range experts {
		slice := &Prediction{Kind: Arranged, Elem: codec.F32, From: codec.F32, Elements: rows * width, Width: width, Sources: []digest.ID{whole},
			By: &Arrangement{Skip: int64(k * rows * width)}}
		requireRanges(t, r, slice, store.open, all[k*4*rows*width:][:4*rows*width])
	}
}

func TestNested(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const width, rows, heads = 64, 16, 2
	store := blobs{}
	source := randomBytes(r, 2*width*rows)
	p := &Prediction{Kind: Arranged, Elem: codec.BF16, From: codec.BF16, Elements: rows * width, Width: width,
		Sources: []digest.ID{store.add(source)}, By: &Arrangement{Heads: heads}}
	cast := &Prediction{Kind: Cast, Elem: codec.F16, From: codec.BF16, Elements: rows * width, Of: p}
	want := make([]byte, 2*width*rows)
	require.NoError(t, predictCast(want, 0, codec.F16, codec.BF16, bytes.NewReader(interleaved(source, 2*width, heads))))
	requireRanges(t, r, cast, store.open, want)
	require.Equal(t, p.Sources, cast.Blobs())
	root, elem := cast.Root()
	require.Equal(t, p.Sources[0], root)
	require.Equal(t, codec.BF16, elem)
}

func TestNestedRefuses(t *testing.T) {
	relative := func() *Prediction {
		return &Prediction{Kind: Relative, Elem: codec.BF16, From: codec.BF16, Elements: 64, Sources: []digest.ID{{1}}}
	}
	deep := relative()
	for range maxNested + 1 {
		deep = &Prediction{Kind: Cast, Elem: codec.F32, From: deep.Elem, Elements: 64, Of: deep}
		if deep.From == codec.F32 {
			deep.Elem = codec.BF16
		}
	}
	other := relative()
	other.Elements = 32
	for name, c := range map[string]struct {
		p    *Prediction
		want string
	}{
		"too many":          {deep, "nested"},
		"of another length": {&Prediction{Kind: Cast, Elem: codec.F32, From: codec.BF16, Elements: 64, Of: other}, "has 32 values, want 64"},
		"of another type":   {&Prediction{Kind: Cast, Elem: codec.F32, From: codec.F16, Elements: 64, Of: relative()}, "element type"},
		"and a source":      {&Prediction{Kind: Cast, Elem: codec.F32, From: codec.BF16, Elements: 64, Of: relative(), Sources: []digest.ID{{2}}}, "1 sources, want 0"},
		"nothing":           {&Prediction{Kind: Cast, Elem: codec.F32, From: codec.BF16, Elements: 64, Of: &Prediction{Kind: Alone, Elem: codec.BF16, From: codec.BF16}}, "kind 1 stands"},
		"for no source":     {&Prediction{Kind: Relative, Elem: codec.BF16, From: codec.BF16, Elements: 64, Of: relative()}, "another stands"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Unmarshal(c.p.Marshal())
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestArrangedRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*Prediction)
		want string
	}{
		"heads of odd rows":   {func(p *Prediction) { p.By.(*Arrangement).Heads = 16 }, "16 heads"},
		"heads in short rows": {func(p *Prediction) { p.Width, p.By.(*Arrangement).Heads = 8, 2 }, "2 heads"},
		"skip in a stack":     {func(p *Prediction) { p.Sources, p.By.(*Arrangement).Skip = []digest.ID{{1}, {2}}, 1 }, "1 skipped"},
		"uneven stack":        {func(p *Prediction) { p.Sources = make([]digest.ID, 3) }, "3 sources"},
		"no source":           {func(p *Prediction) { p.Sources = nil }, "0 sources"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &Prediction{Kind: Arranged, Elem: codec.BF16, From: codec.BF16, Elements: 16 * 64, Width: 64, Sources: []digest.ID{{1}}, By: &Arrangement{}}
			_, err := Unmarshal(p.Marshal())
			require.NoError(t, err)
			c.edit(p)
			_, err = Unmarshal(p.Marshal())
			require.ErrorContains(t, err, c.want)
		})
	}
}
