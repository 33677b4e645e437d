package safetensors

import (
	"bytes"
	"testing"

	"dits/formats"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMakeHeaderParses(t *testing.T) {
	tensors := []formats.Tensor{
		{Name: "b", DType: "BF16", Shape: []int64{2, 3}, Len: 12},
		{Name: "a <\"é", DType: "BF16", Shape: []int64{4}, Len: 8},
		{Name: "scale", DType: "F32", Len: 4},
		{Name: "q", DType: "I8", Shape: []int64{5}, Len: 5},
		{Name: "none", DType: "F64", Shape: []int64{0, 7}},
	}
	meta := map[string]string{"format": "pt"}
	header, sorted, err := MakeHeader(tensors, meta)
	if err != nil {
		t.Fatal(err)
	}
	if len(header)%8 != 0 {
		t.Errorf("header of %d bytes, want a multiple of 8", len(header))
	}
	file := append(bytes.Clone(header), make([]byte, 29)...)
	layout, err := Parser{}.Parse(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	off := int64(len(header))
	for i := range sorted {
		sorted[i].Off = off
		off += sorted[i].Len
	}
	names := func(ts []formats.Tensor) (out []string) {
		for _, x := range ts {
			out = append(out, x.Name)
		}
		return out
	}
	assert.Equal(t, []string{"none", "scale", "a <\"é", "b", "q"}, names(sorted))
	got := map[string]formats.Tensor{}
	for _, x := range layout.Tensors {
		got[x.Name] = x
	}
	for _, x := range sorted {
		if g := got[x.Name]; g.DType != x.DType || g.Len != x.Len || x.Len > 0 && g.Off != x.Off {
			t.Errorf("%q: got %+v, want %+v", x.Name, g, x)
		}
	}
	m, err := Metadata(header)
	require.NoError(t, err)
	assert.Equal(t, meta, m)
}

func TestMakeHeaderRefusesQuants(t *testing.T) {
	if _, _, err := MakeHeader([]formats.Tensor{{Name: "x", DType: "Q4_K", Shape: []int64{256}, Len: 144}}, nil); err == nil {
		t.Error("Q4_K in a safetensors: accepted")
	}
}
