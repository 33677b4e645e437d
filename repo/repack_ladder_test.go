package repo

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/formats/ggml"
	"dits/tensorstore/choose"
)

// ladderFiles are a base, its quants and a merged adapter: what they are made of comes first.
var ladderFiles = []string{"adapter_model.safetensors", "base.safetensors", "base-Q8_0.gguf", "base-Q4_K_M.gguf", "merged-lora.safetensors"}

// ladderSize commits files of the family one after the other, repacks and returns what the store takes then.
func ladderSize(t *testing.T, level choose.Level, files ...string) int64 {
	t.Helper()
	f := newFixture(t)
	for _, name := range files {
		f.put(name, trained(t, name))
		require.NoError(t, f.Add(t.Context(), []string{name}, AddOptions{Level: level}))
		f.commit(name)
	}
	done := f.repack(RepackOptions{Level: level})
	t.Logf("%v: %d bytes, repacked %d", files, done.Before, done.After)
	require.Zero(t, f.repack(RepackOptions{Level: level}).Recoded, "a second time changes nothing")
	f.requireRight()
	for _, name := range files {
		f.readsBack(name, trained(t, name))
	}
	return done.After
}

// TestRepackMakesTheOrderOfALadderNoMatter adds quants before what they were made of, whose rows of queries and
// keys lie in another order, and a merge before its adapter.
func TestRepackMakesTheOrderOfALadderNoMatter(t *testing.T) {
	if underRace {
		t.Skip("sizes are the same with the race detector, and take minutes")
	}
	orders := map[choose.Level][]int{choose.DefaultLevel: {2, 3, 4, 1, 0}, choose.MaxLevel: {3, 4, 0, 2, 1}}
	for level, order := range orders {
		want := ladderSize(t, level, ladderFiles...)
		var files []string
		for _, i := range order {
			files = append(files, ladderFiles[i])
		}
		require.InEpsilon(t, want, ladderSize(t, level, files...), 0.03)
	}
}

// requireOrderNoMatter adds files in both orders, and wants stores of about the same size after a repack.
func requireOrderNoMatter(t *testing.T, files map[string]string, order ...string) {
	t.Helper()
	var sizes [2]int64
	for i := range sizes {
		f := newFixture(t)
		for _, name := range order {
			f.put(name, files[name])
			f.add(name)
			f.commit(name)
		}
		done := f.repack(RepackOptions{})
		t.Logf("%v: %d bytes, repacked %d", order, done.Before, done.After)
		require.Zero(t, f.repack(RepackOptions{}).Recoded)
		f.requireRight()
		for name, content := range files {
			f.readsBack(name, content)
		}
		sizes[i] = done.After
		slices.Reverse(order)
	}
	require.InEpsilon(t, sizes[0], sizes[1], 0.03)
}

// floatsOf are the values of a BF16 tensor.
func floatsOf(p part) []float32 {
	values := make([]float32, len(p.bytes)/2)
	for i := range values {
		values[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(p.bytes[2*i:])) << 16)
	}
	return values
}

// TestRepackOfExperts: quants have the experts of a layer in one tensor, and come before the file that has them one by one.
func TestRepackOfExperts(t *testing.T) {
	var experts []part
	var stacked []byte
	for i, p := range newQuantLayers(t).matrices {
		p.Name = fmt.Sprintf("model.layers.0.mlp.experts.%d.up_proj.weight", i)
		experts = append(experts, p)
		out := make([]byte, len(p.bytes)/64*34)
		maker := ggml.Quantiser{Type: ggml.Q8_0, Columns: int(p.Shape[1])}
		require.NoError(t, maker.Rows(out, floatsOf(p)))
		stacked = append(stacked, out...)
	}
	shape := append([]int64{int64(len(experts))}, experts[0].Shape...)
	quant := ggufOf(t, []keyValue{{"general.architecture", "llama"}},
		[]part{{formats.Tensor{Name: "blk.0.ffn_up_exps.weight", DType: "Q8_0", Shape: shape}, stacked}})
	requireOrderNoMatter(t, map[string]string{"base.safetensors": safetensorsOf(t, experts), "q.gguf": quant}, "base.safetensors", "q.gguf")
}

// TestRepackOfScales: a matrix in int8 with a scale for each row comes before the matrix.
func TestRepackOfScales(t *testing.T) {
	var matrices, small []part
	for _, p := range newQuantLayers(t).matrices {
		p.Name = "model.layers.0.mlp." + strings.TrimPrefix(p.Name, "blk.0.")
		matrices = append(matrices, p)
		rows, columns := int(p.Shape[0]), int(p.Shape[1])
		values, scales := make([]byte, rows*columns), []byte(nil)
		for r := range rows {
			row := floatsOf(p)[r*columns : (r+1)*columns]
			scale := max(slices.Max(row), -slices.Min(row)) / 127
			for c, v := range row {
				values[r*columns+c] = byte(int8(math.RoundToEven(float64(v / scale))))
			}
			scales = binary.LittleEndian.AppendUint32(scales, math.Float32bits(scale))
		}
		small = append(small, part{formats.Tensor{Name: p.Name, DType: "I8", Shape: p.Shape, Len: int64(len(values))}, values},
			part{formats.Tensor{Name: p.Name + "_scale", DType: "F32", Shape: []int64{p.Shape[0], 1}, Len: int64(len(scales))}, scales})
	}
	requireOrderNoMatter(t, map[string]string{"base.safetensors": safetensorsOf(t, matrices), "int8.safetensors": safetensorsOf(t, small)}, "base.safetensors", "int8.safetensors")
}
