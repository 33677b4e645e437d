package inspect

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/repo/diff"
)

// What tells how others are to be read is no weight, and what is packed counts as what it holds.
func TestWeightsOf(t *testing.T) {
	x := func(name string, d formats.DType, n int64) formats.Tensor {
		size, _ := d.Bytes([]int64{n})
		return formats.Tensor{Name: name, DType: d, Shape: []int64{n}, Len: size}
	}
	for name, c := range map[string]struct {
		tensors []formats.Tensor
		bits    int64
		want    int64
	}{
		"plain":        {[]formats.Tensor{x("a.weight", "BF16", 8), x("a.bias", "F32", 2)}, 0, 10},
		"fp8":          {[]formats.Tensor{x("a.weight", "F8_E4M3", 8), x("a.weight_scale_inv", "F32", 1)}, 0, 8},
		"gptq":         {[]formats.Tensor{x("a.qweight", "I32", 4), x("a.qzeros", "I32", 1), x("a.scales", "F16", 2), x("a.g_idx", "I32", 8)}, 4, 32},
		"gptq, 8 bits": {[]formats.Tensor{x("a.qweight", "I32", 4)}, 8, 16},
		"bitsandbytes": {[]formats.Tensor{x("a.weight", "U8", 16), x("a.weight.absmax", "U8", 1), x("a.weight.quant_state.bitsandbytes__nf4", "U8", 90)}, 0, 32},
		"mxfp4":        {[]formats.Tensor{x("a.gate_up_proj_blocks", "U8", 16), x("a.gate_up_proj_scales", "U8", 1)}, 8, 32},
		"bytes":        {[]formats.Tensor{x("a.mask", "U8", 16)}, 0, 16},
		"quant":        {[]formats.Tensor{{Name: "a", DType: "Q4_K", Shape: []int64{2, 256}, Len: 288}}, 0, 512},
	} {
		require.Equal(t, c.want, weightsOf(c.tensors, c.bits), name)
	}
}

// Modules with one dtype in the same layers are one row.
func TestMixOf(t *testing.T) {
	var tensors []formats.Tensor
	for l := range 5 {
		down := formats.DType("Q4_K")
		if l%2 == 0 {
			down = "Q6_K"
		}
		tensors = append(tensors,
			formats.Tensor{Name: fmt.Sprintf("blk.%d.attn_q.weight", l), DType: "Q4_K", Len: 2},
			formats.Tensor{Name: fmt.Sprintf("blk.%d.ffn_down.weight", l), DType: down, Len: 3},
			formats.Tensor{Name: fmt.Sprintf("blk.%d.ffn_up.weight", l), DType: "Q4_K", Len: 4})
	}
	tensors = append(tensors, formats.Tensor{Name: "token_embd.weight", DType: "Q6_K", Len: 5})
	require.Equal(t, []Mix{
		{Layers: [][2]int{{0, 4}}, DType: "Q4_K", Modules: []string{"q_proj", "up"}, Tensors: 10, Bytes: 30, Parameters: 10},
		{Layers: [][2]int{{0, 0}, {2, 2}, {4, 4}}, DType: "Q6_K", Modules: []string{"down"}, Tensors: 3, Bytes: 9, Parameters: 3},
		{Layers: [][2]int{{1, 1}, {3, 3}}, DType: "Q4_K", Modules: []string{"down"}, Tensors: 2, Bytes: 6, Parameters: 2},
		{Layers: [][2]int{}, DType: "Q6_K", Modules: []string{"embed_tokens"}, Tensors: 1, Bytes: 5, Parameters: 1},
	}, mixOf(tensors, 0))
}

// A model of 70 GB, of which nothing but headers is there to be read.
func TestSparse(t *testing.T) {
	dir := t.TempDir()
	for i := range 14 {
		header, err := json.Marshal(map[string]any{
			fmt.Sprintf("model.layers.%d.mlp.up_proj.weight", i): map[string]any{"dtype": "BF16", "shape": []int64{50000, 50000}, "data_offsets": []int64{0, 5_000_000_000}},
		})
		require.NoError(t, err)
		path := filepath.Join(dir, fmt.Sprintf("model-%05d-of-00014.safetensors", i+1))
		require.NoError(t, os.WriteFile(path, append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...), 0o666))
		require.NoError(t, os.Truncate(path, 8+int64(len(header))+5_000_000_000))
	}
	s, err := diff.ReadDisk(dir)
	require.NoError(t, err)
	reports, err := Of(s, s, Options{})
	require.NoError(t, err)
	require.Len(t, reports, 1)
	require.Empty(t, reports[0].Problems)
	require.EqualValues(t, 14*2_500_000_000, reports[0].Parameters)
	require.Equal(t, [][2]int{{0, 13}}, reports[0].Mix[0].Layers)
}
