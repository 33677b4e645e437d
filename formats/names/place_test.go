package names

import (
	"strings"
	"testing"
)

func TestPlaceOf(t *testing.T) {
	tests := []struct {
		name  string
		layer int
		stack string
		want  string
	}{
		// llama, mistral, qwen
		{"model.layers.0.self_attn.q_proj.weight", 0, Main, "q_proj"},
		{"model.layers.31.self_attn.k_proj.bias", 31, Main, "k_proj"},
		{"model.layers.7.self_attn.v_proj.weight", 7, Main, "v_proj"},
		{"model.layers.7.self_attn.o_proj.weight", 7, Main, "o_proj"},
		{"model.layers.7.mlp.gate_proj.weight", 7, Main, "gate"},
		{"model.layers.7.mlp.up_proj.weight", 7, Main, "up"},
		{"model.layers.7.mlp.down_proj.weight", 7, Main, "down"},
		{"model.layers.7.mlp.gate_up_proj.weight", 7, Main, "up"},
		{"model.layers.7.self_attn.qkv_proj.weight", 7, Main, "qkv"},
		{"model.layers.7.input_layernorm.weight", 7, Main, "norms"},
		{"model.layers.7.post_attention_layernorm.weight", 7, Main, "norms"},
		{"model.layers.7.self_attn.q_norm.weight", 7, Main, "norms"},
		{"model.layers.7.self_attn.rotary_emb.inv_freq", 7, Main, "inv_freq"},
		{"model.embed_tokens.weight", -1, "", "embed_tokens"},
		{"model.norm.weight", -1, "", "norm"},
		{"lm_head.weight", -1, "", "lm_head"},
		// diffusion: FLUX as published and in diffusers, a UNet
		{"double_blocks.3.img_attn.qkv.weight", 3, "double_blocks", "img_attn.qkv"},
		{"single_blocks.37.linear1.weight", 37, "single_blocks", "linear1"},
		{"single_transformer_blocks.5.attn.to_q.weight", 5, "single_transformer_blocks", "to_q"},
		{"down_blocks.0.resnets.1.conv1.weight", 1, "down_blocks.0.resnets", "conv1"},
		{"down_blocks.0.attentions.1.transformer_blocks.2.attn1.to_q.weight", 2, "down_blocks.0.attentions.1.transformer_blocks", "attn1.to_q"},
		// experts
		{"model.layers.3.block_sparse_moe.experts.11.w1.weight", 3, Main, "experts.gate"},
		{"model.layers.3.block_sparse_moe.experts.11.w2.weight", 3, Main, "experts.down"},
		{"model.layers.3.block_sparse_moe.experts.11.w3.weight", 3, Main, "experts.up"},
		{"model.layers.3.block_sparse_moe.gate.weight", 3, Main, "router"},
		{"model.layers.3.mlp.experts.0.gate_proj.weight", 3, Main, "experts.gate"},
		{"model.layers.3.mlp.shared_expert.up_proj.weight", 3, Main, "shared.up"},
		{"blk.3.ffn_gate_exps.weight", 3, Main, "experts.gate"},
		{"blk.3.ffn_gate_inp.weight", 3, Main, "router"},
		// adapters and quantised arrays
		{"base_model.model.model.layers.5.self_attn.q_proj.lora_A.weight", 5, Main, "q_proj"},
		{"base_model.model.model.layers.5.self_attn.v_proj.lora_B.default.weight", 5, Main, "v_proj"},
		{"model.layers.5.self_attn.q_proj.qweight", 5, Main, "q_proj"},
		{"model.layers.5.mlp.down_proj.weight_scale", 5, Main, "down"},
		// GPT-2, GPT-NeoX, Falcon
		{"h.11.attn.c_attn.weight", 11, Main, "qkv"},
		{"transformer.h.11.attn.c_proj.bias", 11, Main, "o_proj"},
		{"h.11.mlp.c_fc.weight", 11, Main, "up"},
		{"h.11.mlp.c_proj.weight", 11, Main, "down"},
		{"h.11.ln_1.weight", 11, Main, "norms"},
		{"wte.weight", -1, "", "embed_tokens"},
		{"wpe.weight", -1, "", "embed_positions"},
		{"ln_f.bias", -1, "", "norm"},
		{"gpt_neox.layers.2.attention.query_key_value.weight", 2, Main, "qkv"},
		{"gpt_neox.layers.2.attention.dense.weight", 2, Main, "o_proj"},
		{"transformer.h.2.self_attention.dense.weight", 2, Main, "o_proj"},
		// BERT
		{"bert.encoder.layer.4.attention.self.query.weight", 4, Main, "q_proj"},
		{"encoder.layer.4.attention.self.value.bias", 4, Main, "v_proj"},
		{"encoder.layer.4.attention.output.dense.weight", 4, Main, "o_proj"},
		{"encoder.layer.4.attention.output.LayerNorm.weight", 4, Main, "norms"},
		{"encoder.layer.4.intermediate.dense.weight", 4, Main, "up"},
		{"encoder.layer.4.output.dense.weight", 4, Main, "down"},
		{"bert.embeddings.word_embeddings.weight", -1, "", "embed_tokens"},
		{"bert.embeddings.LayerNorm.gamma", -1, "", "embed_norm"},
		// T5
		{"encoder.block.1.layer.0.SelfAttention.q.weight", 1, "encoder.layers", "q_proj"},
		{"decoder.block.1.layer.2.DenseReluDense.wo.weight", 1, "decoder.layers", "down"},
		// GGUF
		{"blk.0.attn_q.weight", 0, Main, "q_proj"},
		{"blk.0.attn_k.bias", 0, Main, "k_proj"},
		{"blk.0.attn_v.weight", 0, Main, "v_proj"},
		{"blk.0.attn_output.weight", 0, Main, "o_proj"},
		{"blk.0.attn_qkv.weight", 0, Main, "qkv"},
		{"blk.0.ffn_gate.weight", 0, Main, "gate"},
		{"blk.0.ffn_up.weight", 0, Main, "up"},
		{"blk.0.ffn_down.weight", 0, Main, "down"},
		{"blk.0.attn_norm.weight", 0, Main, "norms"},
		{"token_embd.weight", -1, "", "embed_tokens"},
		{"output_norm.weight", -1, "", "norm"},
		{"output.weight", -1, "", "lm_head"},
		{"enc.blk.1.attn_o.weight", 1, "encoder.layers", "o_proj"},
		{"blk.0.ffn_down.3.weight", 0, Main, "experts.down"},
		{"v.blk.0.attn_out.weight", 0, "v.blk", "o_proj"},
		// stacks that no row has: CLIP, ViT, Whisper, a stack beside the main one
		{"vision_model.encoder.layers.2.self_attn.q_proj.weight", 2, "vision_model.encoder.layers", "q_proj"},
		{"vision_model.encoder.layers.2.mlp.fc1.weight", 2, "vision_model.encoder.layers", "up"},
		{"vision_model.encoder.layers.2.layer_norm1.weight", 2, "vision_model.encoder.layers", "norms"},
		{"visual.transformer.resblocks.2.attn.in_proj_weight", 2, "visual.transformer.resblocks", "qkv"},
		{"vit.encoder.layer.2.attention.attention.query.weight", 2, "vit.encoder.layer", "q_proj"},
		{"vit.embeddings.patch_embeddings.projection.weight", -1, "", "projection"},
		{"embeddings.patch_embeddings.projection.weight", -1, "", "projection"},
		{"model.encoder.layers.2.self_attn.out_proj.weight", 2, "encoder.layers", "o_proj"},
		{"model.decoder.layers.2.encoder_attn.q_proj.weight", 2, "decoder.layers", "cross.q_proj"},
		{"model.decoder.layers.2.fc2.weight", 2, "decoder.layers", "down"},
		{"mtp.layers.0.mlp.experts.3.gate_proj.weight", 0, "mtp.layers", "experts.gate"},
		{"mtp.layers.0.mlp.shared_experts.down_proj.weight", 0, "mtp.layers", "shared.down"},
		{"model.decoder.layernorm_embedding.weight", -1, "", "layernorm_embedding"},
		{strings.Repeat("a.", 1<<20) + "layers.2.q_proj.weight", 2, strings.Repeat("a.", 1<<20) + "layers", "q_proj"},
		{"layers.2." + strings.Repeat("a.", 1<<20) + "q_proj", 2, Main, "q_proj"}, // in time
		// what a row has the start of, and not the module
		{"model.layers.3.mlp.gate.expert_bias", 3, Main, "expert_bias"},
		{"model.layers.3.mlp.experts.gate_up_proj_blocks", 3, Main, "experts.gate_up_proj_blocks"},
		// nothing to be made of it
		{"", -1, "", ""},
		{"weight", -1, "", "weight"},
		{"x.0.weight", -1, "", "x"},
		{"layers.0.weight", 0, Main, "weight"},
		{"layers.0", 0, Main, ""},
		{"layers.99999999999999999999.q_proj.weight", -1, "", "q_proj"},
		{"...", -1, "", ""},
	}
	for _, tt := range tests {
		got := PlaceOf(tt.name)
		if got != (Place{tt.stack, tt.layer, tt.want}) {
			t.Errorf("%q: got %+v, want layer %d of %q, %q", tt.name, got, tt.layer, tt.stack, tt.want)
		}
	}
}

// TestModulesOfGGUF has the names that once were told to be in another module than the same tensor in a
// GGUF file, and that in which both are now.
func TestModulesOfGGUF(t *testing.T) {
	for _, tt := range []struct{ gguf, module, names string }{
		{"token_embd", "embed_tokens", "embeddings"},
		{"token_embd_norm", "embed_norm", "word_embeddings_layernorm embeddings.LayerNorm emb_ln embed_ln"},
		{"token_types", "token_type_embeddings", "embeddings.token_type_embeddings"},
		{"output", "lm_head", "output_layer"},
		{"cls", "classifier", "pooler.dense classifier.dense score"},
		{"cls.output", "classifier.out", "classifier.out_proj"},
		{"rope_freqs", "inv_freq", "rotary_pos_emb.inv_freq"},
		{"blk.3.attn_qkv", "qkv", "layers.3.self_attn.W_pack"},
		{"blk.3.attn_output", "o_proj", "layers.3.self_attn.dense"},
		{"blk.3.attn_sinks", "sinks", "layers.3.self_attn.sinks"},
		{"blk.3.attn_rot_embd", "inv_freq", "layers.3.self_attn.rotary_emb.inv_freq"},
		{"blk.3.attn_q_a", "q_a_proj", "layers.3.self_attn.q_a_proj"},
		{"blk.3.attn_q_b", "q_b_proj", "layers.3.self_attn.q_b_proj"},
		{"blk.3.attn_kv_a_mqa", "kv_a_proj_with_mqa", "layers.3.self_attn.kv_a_proj_with_mqa"},
		{"blk.3.attn_kv_b", "kv_b_proj", "layers.3.self_attn.kv_b_proj"},
		{"blk.3.ffn_up", "up", "layers.3.mlp.gate_up_proj"},
		{"blk.3.ffn_gate_inp_shexp", "shared_expert_gate", "layers.3.mlp.shared_expert_gate"},
		{"blk.3.exp_probs_b", "e_score_correction_bias", "layers.3.mlp.gate.e_score_correction_bias"},
		{"blk.3.ffn_gate_up_exps", "experts.gate_up", "layers.3.mlp.experts.gate_up_proj"},
		{"blk.3.ffn_gate.7", "experts.gate",
			"layers.3.block_sparse_moe.experts.7.w1 layers.3.mlp.experts.7.gate_proj layers.3.feed_forward.experts.7.w1"},
		{"blk.3.ffn_up.7", "experts.up",
			"layers.3.block_sparse_moe.experts.7.w3 layers.3.mlp.experts.7.up_proj layers.3.feed_forward.experts.7.w3"},
		{"blk.3.ffn_down.7", "experts.down",
			"layers.3.block_sparse_moe.experts.7.w2 layers.3.mlp.experts.7.down_proj layers.3.feed_forward.experts.7.w2"},
	} {
		for _, name := range append(strings.Fields(tt.names), tt.gguf) {
			if got := PlaceOf(name + ".weight").Module; got != tt.module {
				t.Errorf("%q: got module %q, want %q", name, got, tt.module)
			}
		}
	}
}
