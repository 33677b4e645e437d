package catalog

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

func TestTensorLists(t *testing.T) {
	c := openFixture(t)
	lists, err := c.TensorLists(ids("v1", "v2", "nothing", "h1"))
	require.NoError(t, err)
	require.Len(t, lists, 2)
	v1, v2 := lists[id("v1")], lists[id("v2")]
	require.Equal(t, []string{"b.bias", "a.weight", "e\x00\xff", ""}, v1.Names)
	require.Equal(t, []string{"F32 125", "BF16 10,100", "U8 0,3", "F8_E4M3 "}, v1.Types)
	require.Equal(t, 1, v1.Find("a.weight"))
	require.Equal(t, -1, v1.Find("c"))
	require.True(t, v1.Same(0, v2, 0), "b has one content in both")
	require.False(t, v1.Same(1, v2, 1), "a has not")

	number, err := c.Numbers(append(ids("a", "b", "c"), digest.Sum([]byte("never met"))))
	require.NoError(t, err)
	require.Len(t, number, 3)
	require.Equal(t, []Number{number[id("b")], number[id("a")], 0, 0}, v1.Blobs)
	require.Equal(t, []Number{number[id("b")], number[id("c")]}, v2.Blobs)
}

// The same names in another order, shape or dtype are another signature.
func TestSignatures(t *testing.T) {
	c := openTemp(t)
	file := func(name string, tensors ...formats.Tensor) {
		f := File{ID: id(name), Layout: formats.Layout{Format: "safetensors", Tensors: tensors}}
		update(t, c, func(tx *Tx) error { return tx.AddFile(f) })
	}
	x := formats.Tensor{Name: "x", DType: "F32", Shape: []int64{2, 3}}
	y := formats.Tensor{Name: "y", DType: "F32", Shape: []int64{2, 3}}
	turned, half := x, x
	turned.Shape = []int64{3, 2}
	half.DType = "F16"
	file("xy", x, y)
	file("xy again", x, y)
	file("yx", y, x)
	file("turned", turned, y)
	file("half", half, y)
	file("none")
	lists, err := c.TensorLists(ids("xy", "xy again", "yx", "turned", "half", "none"))
	require.NoError(t, err)
	require.Same(t, lists[id("xy")].Signature, lists[id("xy again")].Signature)
	require.Equal(t, []string{"y", "x"}, lists[id("yx")].Names)
	require.Equal(t, []string{"F32 3,2", "F32 2,3"}, lists[id("turned")].Types)
	require.Equal(t, []string{"F16 2,3", "F32 2,3"}, lists[id("half")].Types)
	require.Empty(t, lists[id("none")].Names)
}

func TestStorage(t *testing.T) {
	c := openFixture(t)
	v1, err := c.Storage(id("v1"))
	require.NoError(t, err)
	require.Len(t, v1, 4)
	require.Equal(t, []int64{500, 600 + 650, 0, 0}, []int64{v1[0].Stored, v1[1].Stored, v1[2].Stored, v1[3].Stored},
		"of chunk a1 the record that is cheapest to read")
	require.Zero(t, v1[1].Prediction)
	v2, err := c.Storage(id("v2"))
	require.NoError(t, err)
	require.EqualValues(t, 600+300, v2[1].Stored)
	_, err = c.Storage(id("nothing"))
	require.ErrorIs(t, err, ErrNotFound)
}

// Of several predictions that of most bytes counts.
func TestStorageOfMost(t *testing.T) {
	c := openTemp(t)
	var entries []pack.Entry
	b := Blob{ID: id("blob"), Len: 3500}
	for i, raw := range []int64{1000, 1500, 1000} {
		e := needing(entry(pack.Chunk, fmt.Sprint("chunk", i), 3, 10, raw), []string{"p", "q", "p"}[i], 1)
		entries = append(entries, e)
		b.Chunks = append(b.Chunks, Span{e.ID, e.RawLen})
	}
	f := File{ID: id("f"), Blobs: ids("blob"), Layout: formats.Layout{
		Segments: []formats.Segment{{Kind: formats.Data, Len: 3500}}, Tensors: []formats.Tensor{{Name: "t"}}}}
	update(t, c, func(tx *Tx) error { return tx.AddPack(Pack{packName("x"), 100}, entries) })
	update(t, c, func(tx *Tx) error { return tx.AddBlob(b) })
	update(t, c, func(tx *Tx) error { return tx.AddFile(f) })
	s, err := c.Storage(id("f"))
	require.NoError(t, err)
	require.Equal(t, id("p"), s[0].Prediction)
	require.EqualValues(t, 30, s[0].Stored)
}

// BenchmarkTensorLists reads 1,000 checkpoints of 300 tensors.
func BenchmarkTensorLists(b *testing.B) {
	rng := rand.New(rand.NewPCG(7, 8))
	c := openTemp(b)
	f := File{Blobs: ids("header")}
	f.Layout.Segments = []formats.Segment{{Kind: formats.Header, Tensor: -1}}
	for i := range 300 {
		f.Layout.Segments = append(f.Layout.Segments, formats.Segment{Kind: formats.Data, Tensor: i})
		f.Layout.Tensors = append(f.Layout.Tensors, formats.Tensor{
			Name: fmt.Sprintf("model.layers.%d.self_attn.q_proj.weight", i), DType: "BF16", Shape: []int64{4096, 4096}})
		f.Blobs = append(f.Blobs, randomID(rng))
	}
	var files []digest.ID
	update(b, c, func(tx *Tx) error {
		for range 1000 {
			f.ID = randomID(rng)
			f.Blobs[1+rng.IntN(300)] = randomID(rng)
			files = append(files, f.ID)
			if err := tx.AddFile(f); err != nil {
				return err
			}
		}
		return nil
	})
	for b.Loop() {
		if found, err := c.TensorLists(files); err != nil || len(found) != 1000 {
			b.Fatal(len(found), err)
		}
	}
}
