package names

import (
	"slices"
	"strings"
	"testing"
)

func TestBare(t *testing.T) {
	for name, want := range map[string]string{
		"model.layers.0.self_attn.q_proj.weight":                  "layers.0.self_attn.q_proj.weight",
		"layers.0.self_attn.q_proj.weight":                        "layers.0.self_attn.q_proj.weight",
		"base_model.model.model.layers.0.self_attn.q_proj.weight": "layers.0.self_attn.q_proj.weight",
		"_orig_mod.module.model.norm.weight":                      "norm.weight",
		"transformer.h.0.ln_1.weight":                             "h.0.ln_1.weight",
		"blk.0.attn_q.weight":                                     "blk.0.attn_q.weight",
		"model.":                                                  "model.",
		"":                                                        "",
	} {
		if got := Bare(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

// TestRole has, for each architecture, the names that upstream's converter reads and writes.
func TestRole(t *testing.T) {
	tests := []struct{ name, want string }{
		// llama, mistral, qwen
		{"model.embed_tokens.weight", "token_embd.weight"},
		{"model.norm.weight", "output_norm.weight"},
		{"lm_head.weight", "output.weight"},
		{"model.layers.0.self_attn.q_proj.weight", "blk.0.attn_q.weight"},
		{"model.layers.11.self_attn.k_proj.bias", "blk.11.attn_k.bias"},
		{"model.layers.11.self_attn.v_proj.weight", "blk.11.attn_v.weight"},
		{"model.layers.11.self_attn.o_proj.weight", "blk.11.attn_output.weight"},
		{"model.layers.11.input_layernorm.weight", "blk.11.attn_norm.weight"},
		{"model.layers.11.post_attention_layernorm.weight", "blk.11.ffn_norm.weight"},
		{"model.layers.11.mlp.gate_proj.weight", "blk.11.ffn_gate.weight"},
		{"model.layers.11.mlp.up_proj.weight", "blk.11.ffn_up.weight"},
		{"model.layers.11.mlp.down_proj.weight", "blk.11.ffn_down.weight"},
		{"model.layers.11.self_attn.q_norm.weight", "blk.11.attn_q_norm.weight"},
		{"layers.11.attention.wq.weight", "blk.11.attn_q.weight"},
		{"layers.11.feed_forward.w2.weight", "blk.11.ffn_down.weight"},
		{"tok_embeddings.weight", "token_embd.weight"},
		{"output.weight", "output.weight"},
		// adapters and quantised arrays keep what follows the module
		{"base_model.model.model.layers.5.self_attn.q_proj.lora_A.weight", "blk.5.attn_q.lora_A.weight"},
		{"model.layers.5.mlp.down_proj.weight_scale", "blk.5.ffn_down.weight_scale"},
		// experts
		{"model.layers.3.block_sparse_moe.experts.11.w1.weight", "blk.3.ffn_gate.11.weight"},
		{"model.layers.3.block_sparse_moe.experts.11.w2.weight", "blk.3.ffn_down.11.weight"},
		{"model.layers.3.block_sparse_moe.experts.11.w3.weight", "blk.3.ffn_up.11.weight"},
		{"model.layers.3.block_sparse_moe.gate.weight", "blk.3.ffn_gate_inp.weight"},
		{"model.layers.3.mlp.experts.0.gate_proj.weight", "blk.3.ffn_gate.0.weight"},
		{"model.layers.3.mlp.gate.weight", "blk.3.ffn_gate_inp.weight"},
		{"model.layers.3.mlp.shared_expert.up_proj.weight", "blk.3.ffn_up_shexp.weight"},
		{"model.layers.3.mlp.shared_expert_gate.weight", "blk.3.ffn_gate_inp_shexp.weight"},
		// gemma
		{"model.layers.3.post_feedforward_layernorm.weight", "blk.3.post_ffw_norm.weight"},
		{"language_model.model.layers.3.mlp.up_proj.weight", "blk.3.ffn_up.weight"},
		// phi
		{"model.layers.3.self_attn.qkv_proj.weight", "blk.3.attn_qkv.weight"},
		{"model.layers.3.mlp.gate_up_proj.weight", "blk.3.ffn_up.weight"},
		{"model.layers.3.self_attn.dense.weight", "blk.3.attn_output.weight"},
		{"model.layers.3.mlp.fc1.weight", "blk.3.ffn_up.weight"},
		// gpt2
		{"transformer.wte.weight", "token_embd.weight"},
		{"wpe.weight", "position_embd.weight"},
		{"h.11.attn.c_attn.weight", "blk.11.attn_qkv.weight"},
		{"h.11.attn.c_proj.bias", "blk.11.attn_output.bias"},
		{"h.11.mlp.c_fc.weight", "blk.11.ffn_up.weight"},
		{"h.11.mlp.c_proj.weight", "blk.11.ffn_down.weight"},
		{"h.11.ln_1.weight", "blk.11.attn_norm.weight"},
		{"h.11.ln_2.bias", "blk.11.ffn_norm.bias"},
		{"ln_f.bias", "output_norm.bias"},
		// bert
		{"bert.embeddings.word_embeddings.weight", "token_embd.weight"},
		{"bert.embeddings.LayerNorm.weight", "token_embd_norm.weight"},
		{"bert.encoder.layer.4.attention.self.query.weight", "blk.4.attn_q.weight"},
		{"encoder.layer.4.attention.output.dense.bias", "blk.4.attn_output.bias"},
		{"encoder.layer.4.attention.output.LayerNorm.weight", "blk.4.attn_output_norm.weight"},
		{"encoder.layer.4.intermediate.dense.weight", "blk.4.ffn_up.weight"},
		{"encoder.layer.4.output.dense.weight", "blk.4.ffn_down.weight"},
		{"encoder.layer.4.output.LayerNorm.bias", "blk.4.layer_output_norm.bias"},
		{"distilbert.transformer.layer.4.attention.q_lin.weight", "blk.4.attn_q.weight"},
		{"distilbert.transformer.layer.4.ffn.lin2.bias", "blk.4.ffn_down.bias"},
		// t5: the numbers of a layer's parts are no layers
		{"encoder.block.3.layer.0.SelfAttention.q.weight", "enc.blk.3.attn_q.weight"},
		{"encoder.block.3.layer.1.DenseReluDense.wi_0.weight", "enc.blk.3.ffn_gate.weight"},
		{"decoder.block.3.layer.1.EncDecAttention.v.weight", "dec.blk.3.cross_attn_v.weight"},
		{"decoder.block.3.layer.0.layer_norm.weight", "dec.blk.3.attn_norm.weight"},
		{"decoder.block.3.layer.2.layer_norm.weight", "dec.blk.3.ffn_norm.weight"},
		{"shared.weight", "token_embd.weight"},
		{"decoder.final_layer_norm.weight", "dec.output_norm.weight"},
		// falcon, mpt
		{"transformer.h.3.ln_mlp.weight", "blk.3.attn_norm.weight"},
		{"transformer.blocks.3.attn.Wqkv.weight", "blk.3.attn_qkv.weight"},
		// mamba
		{"backbone.layers.3.mixer.in_proj.weight", "blk.3.ssm_in.weight"},
		{"backbone.layers.3.mixer.A_log", "blk.3.ssm_a"},
		{"backbone.norm_f.weight", "output_norm.weight"},
		// deepseek, gpt-oss: arrays that have no module, and have one in GGUF
		{"model.layers.3.self_attn.kv_a_proj_with_mqa.weight", "blk.3.attn_kv_a_mqa.weight"},
		{"model.layers.3.mlp.gate.e_score_correction_bias", "blk.3.exp_probs_b.bias"},
		{"model.layers.3.self_attn.sinks", "blk.3.attn_sinks.weight"},
		// no module of the table
		{"t17", "t17"},
		{"vision_tower.layers.0.self_attn.q_proj.weight", "vision_tower.layers.0.self_attn.q_proj.weight"},
		{"model.layers.99999999999999999999.self_attn.q_proj.weight", "layers.99999999999999999999.self_attn.q_proj.weight"},
		{"", ""},
		{"...", "..."},
		{strings.Repeat("a.", 100) + "b", strings.Repeat("a.", 100) + "b"},
	}
	for _, tt := range tests {
		got := Role(tt.name)
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.name, got, tt.want)
		}
		if again := Role(got); again != got {
			t.Errorf("%q: the role of a role is %q, want %q", tt.name, again, got)
		}
		if !slices.Contains(Aliases(tt.name), tt.name) {
			t.Errorf("%q is not among its aliases", tt.name)
		}
	}
}

func TestAliasesHaveOneRole(t *testing.T) {
	for _, name := range []string{"blk.3.attn_q.weight", "model.layers.3.self_attn.q_proj.weight", "h.3.mlp.c_fc.weight", "t17"} {
		for _, alias := range Aliases(name) {
			if got, want := Role(alias), Role(name); got != want {
				t.Errorf("%q, an alias of %q: got role %q, want %q", alias, name, got, want)
			}
		}
	}
	got := Aliases("blk.3.attn_q.weight")
	for _, want := range []string{"model.layers.3.self_attn.q_proj.weight", "layers.3.attention.wq.weight"} {
		if !slices.Contains(got, want) {
			t.Errorf("got %q, want %q among them", got, want)
		}
	}
}

func TestExpert(t *testing.T) {
	tests := []struct {
		role, stack string
		index       int
	}{
		{Role("model.layers.3.mlp.experts.7.up_proj.weight"), "blk.3.ffn_up_exps.weight", 7},
		{"blk.0.ffn_gate.0.weight", "blk.0.ffn_gate_exps.weight", 0},
		{"blk.0.ffn_gate.weight", "", 0},
		{"blk.0.attn_q.1.weight", "", 0},
		{"", "", 0},
	}
	for _, tt := range tests {
		stack, index, ok := Expert(tt.role)
		if stack != tt.stack || index != tt.index || ok != (tt.stack != "") {
			t.Errorf("%q: got %q, %d, %v, want %q, %d", tt.role, stack, index, ok, tt.stack, tt.index)
		}
	}
}
