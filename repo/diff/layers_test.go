package diff

import (
	"encoding/json"
	"math"
	"testing"
)

// tensorRow is a tensor as Layers sees it.
func tensorRow(name, status string, elements, changed int64, dd, aa float64) TensorDiff {
	return TensorDiff{Name: name, Status: status, Elements: elements, Changed: changed, diffSq: dd, baseSq: aa}
}

func TestLayers(t *testing.T) {
	nan := math.NaN()
	got, err := json.Marshal(LayersOf([]TensorDiff{
		tensorRow("lm_head.weight", TensorReshaped, 20, 20, nan, nan),
		tensorRow("model.layers.10.mlp.up_proj.weight", TensorChanged, 8, 1, 1, 4),
		tensorRow("model.layers.2.input_layernorm.weight", TensorIdentical, 4, 0, 0, nan),
		tensorRow("model.layers.2.post_attention_layernorm.weight", TensorIdentical, 4, 0, 0, nan),
		tensorRow("model.layers.2.self_attn.q_proj.weight", TensorChanged, 100, 50, 9, 64),
		tensorRow("model.layers.2.self_attn.q_proj.bias", TensorChanged, 10, 5, 16, 36),
		tensorRow("model.layers.2.self_attn.k_proj.bias", TensorIdentical, 10, 0, 0, nan),
		tensorRow("model.layers.2.self_attn.k_proj.weight", TensorChanged, 100, 1, 1, 16),
		tensorRow("model.layers.2.mlp.gate_proj.weight", TensorAdded, 8, 8, nan, nan),
		tensorRow("model.layers.2.mlp.down_proj.weight", TensorRemoved, 8, 8, nan, nan),
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"layer":2,"module":"q_proj","changed":55,"elements":110,"rel_l2":0.5},` +
		`{"layer":2,"module":"k_proj","changed":1,"elements":110,"rel_l2":0.25},` +
		`{"layer":2,"module":"norms","changed":0,"elements":8,"rel_l2":0},` +
		`{"layer":10,"module":"up","changed":1,"elements":8,"rel_l2":0.5},` +
		`{"layer":null,"module":"lm_head","changed":20,"elements":20,"rel_l2":null}]`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// The layers of several stacks stay apart.
func TestLayersOfSeveralStacks(t *testing.T) {
	tests := []struct{ names, modules []string }{
		{[]string{"vision_model.encoder.layers.0.q_proj.weight", "text_model.encoder.layers.0.q_proj.weight"},
			[]string{"text_model.q_proj", "vision_model.q_proj"}},
		{[]string{"encoder.block.0.SelfAttention.q.weight", "decoder.block.0.SelfAttention.q.weight"},
			[]string{"decoder.q_proj", "encoder.q_proj"}},
		{[]string{"layers.0.q_proj.weight", "mtp.layers.0.q_proj.weight"},
			[]string{"q_proj", "mtp.q_proj"}},
		{[]string{"language_model.model.layers.0.q_proj.weight", "vision_tower.vision_model.encoder.layers.0.q_proj.weight"},
			[]string{"q_proj", "vision_tower.vision_model.encoder.q_proj"}},
		{[]string{"enc.blk.0.attn_q.weight", "dec.blk.0.attn_q.weight"}, []string{"decoder.q_proj", "encoder.q_proj"}},
	}
	for _, tt := range tests {
		var rows []TensorDiff
		for _, n := range tt.names {
			rows = append(rows, tensorRow(n, TensorChanged, 1, 1, 1, 1))
		}
		got := LayersOf(rows)
		if len(got) != len(tt.modules) {
			t.Errorf("%q: got %d cells, want %d", tt.names, len(got), len(tt.modules))
			continue
		}
		for i, row := range got {
			if row.Module != tt.modules[i] {
				t.Errorf("%q: cell %d is %q, want %q", tt.names, i, row.Module, tt.modules[i])
			}
		}
	}
}
