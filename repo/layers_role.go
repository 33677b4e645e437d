package repo

import (
	"slices"
	"strconv"
	"strings"
)

// A Role is what a tensor is for, read from its name: which layer of which stack,
// and which module in it. Names of one role are equal across the naming schemes of
// Hugging Face, GPT-2, BERT, T5, Mixtral and GGUF.
type Role struct {
	Stack  string // what holds the layers: "model.layers", "encoder.layer", "blk"; "" outside of layers
	Layer  int    // from 0; -1 outside of layers
	Module string // "q_proj", "gate", "norms", "embed_tokens", …
}

// containers are the names that precede a layer's number.
var containers = []string{"layers", "layer", "h", "blk", "block", "blocks", "resblocks", "transformer_blocks"}

// suffixes are the parts at the end of a name that say which array of a module
// it is, not which module.
var suffixes = []string{
	"weight", "bias", "default", "base_layer", "lora_A", "lora_B", "lora_embedding_A", "lora_embedding_B",
	"lora_magnitude_vector", "lora_a", "lora_b", "weight_scale", "weight_scale_inv", "input_scale", "weight_zero_point",
	"SCB", "qweight", "scales", "qzeros", "g_idx", "gamma", "beta", "scale",
}

// modules are the short names of modules by the end of their path in a layer; of
// several that fit, the longest counts.
var modules = table(`
	q_proj: q_proj attn.q_proj attn_q self.query attention.q SelfAttention.q EncDecAttention.q q_lin wq query
	k_proj: k_proj attn.k_proj attn_k self.key attention.k SelfAttention.k EncDecAttention.k k_lin wk key
	v_proj: v_proj attn.v_proj attn_v self.value attention.v SelfAttention.v EncDecAttention.v v_lin wv value
	o_proj: o_proj attn_output out_proj attn.c_proj attn.proj attention.output.dense attention.dense self_attention.dense SelfAttention.o EncDecAttention.o out_lin wo
	qkv:    qkv qkv_proj attn_qkv c_attn query_key_value Wqkv in_proj in_proj_weight in_proj_bias
	gate:   gate_proj ffn_gate w1 wi_0
	up:     up_proj ffn_up w3 wi wi_1 c_fc fc1 fc_in intermediate.dense lin1 dense_h_to_4h
	down:   down_proj ffn_down w2 mlp.c_proj mlp.proj fc2 fc_out output.dense lin2 dense_4h_to_h DenseReluDense.wo
	gate_up: gate_up_proj
	router: gate router ffn_gate_inp
	experts.gate: ffn_gate_exps
	experts.up:   ffn_up_exps
	experts.down: ffn_down_exps
	shared.gate:  ffn_gate_shexp
	shared.up:    ffn_up_shexp
	shared.down:  ffn_down_shexp
`)

// outside are the short names of what is in no layer.
var outside = table(`
	embed_tokens: embed_tokens token_embd wte word_embeddings tok_embeddings shared embed_in
	embed_positions: embed_positions position_embd wpe position_embeddings
	lm_head: lm_head output embed_out
	norm:    norm output_norm ln_f final_layer_norm final_layernorm
`)

// table reads lines of "short: path path …".
func table(text string) map[string]string {
	t := make(map[string]string)
	for line := range strings.Lines(text) {
		short, paths, _ := strings.Cut(strings.TrimSpace(line), ":")
		for _, p := range strings.Fields(paths) {
			t[p] = short
		}
	}
	return t
}

// RoleOf reads a tensor's role from its name. A name that it cannot make sense of
// has no layer, and its last part that means something as module.
func RoleOf(name string) Role {
	parts := strings.Split(name, ".")
	tail := parts
	role := Role{Layer: -1}
	if i := layerPart(parts); i >= 0 {
		role.Layer, _ = strconv.Atoi(parts[i])
		role.Stack = strings.Join(parts[:i], ".")
		tail = parts[i+1:]
	}
	role.Module = moduleOf(tail, role.Layer >= 0)
	return role
}

// layerPart is the index of the part that is the layer's number, or -1.
func layerPart(parts []string) int {
	for i := 1; i < len(parts); i++ {
		if slices.Contains(containers, parts[i-1]) && isNumber(parts[i]) {
			return i
		}
	}
	return -1
}

// isNumber says that s is a layer number: digits that fit an int32.
func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 31)
	return err == nil
}

// moduleOf is the short name of the module that the parts lead to.
func moduleOf(parts []string, inLayer bool) string {
	var path []string // without array names and numbers
	prefix := ""
	for i, p := range parts {
		switch {
		case p == "experts":
			prefix = "experts."
		case p == "shared_expert" || p == "shared_experts":
			prefix = "shared."
		case isNumber(p) || slices.Contains(suffixes, p) && i > 0:
		default:
			path = append(path, p)
		}
	}
	if len(path) == 0 {
		return strings.TrimSuffix(prefix, ".")
	}
	last := path[len(path)-1]
	if inLayer && isNorm(last) {
		return prefix + "norms"
	}
	short := outside
	if inLayer {
		short = modules
	}
	for n := len(path); n > 0; n-- {
		if m, ok := short[strings.Join(path[len(path)-n:], ".")]; ok {
			return prefix + m
		}
	}
	return prefix + last
}

// isNorm says that a part names a normalisation.
func isNorm(part string) bool {
	p := strings.ToLower(part)
	return strings.Contains(p, "norm") || strings.HasPrefix(p, "ln_") || p == "ln1" || p == "ln2"
}
