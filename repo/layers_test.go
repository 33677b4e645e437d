package repo

import (
	"encoding/json"
	"math"
	"testing"
)

func TestRoleOf(t *testing.T) {
	tests := []struct {
		name  string
		layer int
		stack string
		want  string
	}{
		// llama, mistral, qwen
		{"model.layers.0.self_attn.q_proj.weight", 0, "model.layers", "q_proj"},
		{"model.layers.31.self_attn.k_proj.bias", 31, "model.layers", "k_proj"},
		{"model.layers.7.self_attn.v_proj.weight", 7, "model.layers", "v_proj"},
		{"model.layers.7.self_attn.o_proj.weight", 7, "model.layers", "o_proj"},
		{"model.layers.7.mlp.gate_proj.weight", 7, "model.layers", "gate"},
		{"model.layers.7.mlp.up_proj.weight", 7, "model.layers", "up"},
		{"model.layers.7.mlp.down_proj.weight", 7, "model.layers", "down"},
		{"model.layers.7.mlp.gate_up_proj.weight", 7, "model.layers", "gate_up"},
		{"model.layers.7.self_attn.qkv_proj.weight", 7, "model.layers", "qkv"},
		{"model.layers.7.input_layernorm.weight", 7, "model.layers", "norms"},
		{"model.layers.7.post_attention_layernorm.weight", 7, "model.layers", "norms"},
		{"model.layers.7.self_attn.q_norm.weight", 7, "model.layers", "norms"},
		{"model.layers.7.self_attn.rotary_emb.inv_freq", 7, "model.layers", "inv_freq"},
		{"model.embed_tokens.weight", -1, "", "embed_tokens"},
		{"model.norm.weight", -1, "", "norm"},
		{"lm_head.weight", -1, "", "lm_head"},
		// experts
		{"model.layers.3.block_sparse_moe.experts.11.w1.weight", 3, "model.layers", "experts.gate"},
		{"model.layers.3.block_sparse_moe.experts.11.w2.weight", 3, "model.layers", "experts.down"},
		{"model.layers.3.block_sparse_moe.experts.11.w3.weight", 3, "model.layers", "experts.up"},
		{"model.layers.3.block_sparse_moe.gate.weight", 3, "model.layers", "router"},
		{"model.layers.3.mlp.experts.0.gate_proj.weight", 3, "model.layers", "experts.gate"},
		{"model.layers.3.mlp.shared_expert.up_proj.weight", 3, "model.layers", "shared.up"},
		{"blk.3.ffn_gate_exps.weight", 3, "blk", "experts.gate"},
		{"blk.3.ffn_gate_inp.weight", 3, "blk", "router"},
		// adapters and quantised arrays
		{"base_model.model.model.layers.5.self_attn.q_proj.lora_A.weight", 5, "base_model.model.model.layers", "q_proj"},
		{"base_model.model.model.layers.5.self_attn.v_proj.lora_B.default.weight", 5, "base_model.model.model.layers", "v_proj"},
		{"model.layers.5.self_attn.q_proj.qweight", 5, "model.layers", "q_proj"},
		{"model.layers.5.mlp.down_proj.weight_scale", 5, "model.layers", "down"},
		// GPT-2, GPT-NeoX, Falcon
		{"h.11.attn.c_attn.weight", 11, "h", "qkv"},
		{"transformer.h.11.attn.c_proj.bias", 11, "transformer.h", "o_proj"},
		{"h.11.mlp.c_fc.weight", 11, "h", "up"},
		{"h.11.mlp.c_proj.weight", 11, "h", "down"},
		{"h.11.ln_1.weight", 11, "h", "norms"},
		{"wte.weight", -1, "", "embed_tokens"},
		{"wpe.weight", -1, "", "embed_positions"},
		{"ln_f.bias", -1, "", "norm"},
		{"gpt_neox.layers.2.attention.query_key_value.weight", 2, "gpt_neox.layers", "qkv"},
		{"gpt_neox.layers.2.attention.dense.weight", 2, "gpt_neox.layers", "o_proj"},
		{"transformer.h.2.self_attention.dense.weight", 2, "transformer.h", "o_proj"},
		// BERT
		{"bert.encoder.layer.4.attention.self.query.weight", 4, "bert.encoder.layer", "q_proj"},
		{"encoder.layer.4.attention.self.value.bias", 4, "encoder.layer", "v_proj"},
		{"encoder.layer.4.attention.output.dense.weight", 4, "encoder.layer", "o_proj"},
		{"encoder.layer.4.attention.output.LayerNorm.weight", 4, "encoder.layer", "norms"},
		{"encoder.layer.4.intermediate.dense.weight", 4, "encoder.layer", "up"},
		{"encoder.layer.4.output.dense.weight", 4, "encoder.layer", "down"},
		{"bert.embeddings.word_embeddings.weight", -1, "", "embed_tokens"},
		{"bert.embeddings.LayerNorm.gamma", -1, "", "LayerNorm"},
		// T5
		{"encoder.block.1.layer.0.SelfAttention.q.weight", 1, "encoder.block", "q_proj"},
		{"decoder.block.1.layer.2.DenseReluDense.wo.weight", 1, "decoder.block", "down"},
		// GGUF
		{"blk.0.attn_q.weight", 0, "blk", "q_proj"},
		{"blk.0.attn_k.bias", 0, "blk", "k_proj"},
		{"blk.0.attn_v.weight", 0, "blk", "v_proj"},
		{"blk.0.attn_output.weight", 0, "blk", "o_proj"},
		{"blk.0.attn_qkv.weight", 0, "blk", "qkv"},
		{"blk.0.ffn_gate.weight", 0, "blk", "gate"},
		{"blk.0.ffn_up.weight", 0, "blk", "up"},
		{"blk.0.ffn_down.weight", 0, "blk", "down"},
		{"blk.0.attn_norm.weight", 0, "blk", "norms"},
		{"token_embd.weight", -1, "", "embed_tokens"},
		{"output_norm.weight", -1, "", "norm"},
		{"output.weight", -1, "", "lm_head"},
		// nothing to be made of it
		{"", -1, "", ""},
		{"weight", -1, "", "weight"},
		{"x.0.weight", -1, "", "x"},
		{"layers.0.weight", 0, "layers", "weight"},
		{"layers.0", 0, "layers", ""},
		{"layers.99999999999999999999.q_proj.weight", -1, "", "q_proj"},
		{"...", -1, "", ""},
	}
	for _, tt := range tests {
		got := RoleOf(tt.name)
		if got != (Role{tt.stack, tt.layer, tt.want}) {
			t.Errorf("%q: got %+v, want layer %d of %q, %q", tt.name, got, tt.layer, tt.stack, tt.want)
		}
	}
}

// tensorRow is a tensor as Layers sees it.
func tensorRow(name, status string, elements, changed int64, dd, aa float64) TensorDiff {
	return TensorDiff{Name: name, Status: status, Elements: elements, Changed: changed, diffSq: dd, baseSq: aa}
}

func TestLayers(t *testing.T) {
	nan := math.NaN()
	got, err := json.Marshal(Layers([]TensorDiff{
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
			[]string{"layers.q_proj", "mtp.q_proj"}},
	}
	for _, tt := range tests {
		var rows []TensorDiff
		for _, n := range tt.names {
			rows = append(rows, tensorRow(n, TensorChanged, 1, 1, 1, 1))
		}
		got := Layers(rows)
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
