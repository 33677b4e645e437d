package names

import "testing"

func TestFactor(t *testing.T) {
	for _, tt := range []struct {
		name, module string
		part         Part
	}{
		{"base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", "model.layers.0.self_attn.q_proj", FactorA},
		{"base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight", "model.layers.0.self_attn.q_proj", FactorB},
		{"base_model.model.model.layers.0.self_attn.q_proj.lora_B.default.weight", "model.layers.0.self_attn.q_proj", FactorB},
		{"base_model.model.h.0.attn.c_attn.lora_A.customer.weight", "h.0.attn.c_attn", FactorA},
		{"base_model.model.model.embed_tokens.lora_embedding_A", "model.embed_tokens", EmbeddingA},
		{"base_model.model.model.embed_tokens.lora_embedding_B.default", "model.embed_tokens", EmbeddingB},
		{"base_model.model.model.layers.0.mlp.up_proj.lora_magnitude_vector", "model.layers.0.mlp.up_proj", Magnitude},
		{"base_model.model.model.layers.0.mlp.up_proj.lora_magnitude_vector.default.weight", "model.layers.0.mlp.up_proj", Magnitude},
		{"q_proj.lora_A", "q_proj", FactorA},
		{"layers.0.q_proj.lora_A.weight", "layers.0.q_proj", FactorA},
		// no factors, or not by peft
		{"base_model.model.classifier.modules_to_save.weight", "", ""},
		{"base_model.model.model.layers.0.self_attn.q_proj.bias", "", ""},
		{"base_model.model.model.layers.0.self_attn.q_proj.lora_Alpha.weight", "", ""},
		{"lora_A.weight", "", ""},
		{"base_model.model.lora_A.weight", "", ""},
		{".lora_A.weight", "", ""},
		{"lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight", "", ""},
		{"model.layers.0.self_attn.q_proj.weight", "", ""},
		{"", "", ""},
	} {
		module, part, ok := Factor(tt.name)
		if module != tt.module || part != tt.part || ok != (tt.part != "") {
			t.Errorf("%q: got %q, %q, %v, want %q, %q", tt.name, module, part, ok, tt.module, tt.part)
		}
	}
	for _, want := range allParts {
		module, part, ok := Factor(FactorName("model.layers.0.q_proj", want))
		if module != "model.layers.0.q_proj" || part != want || !ok {
			t.Errorf("%q: got %q, %q, %v", FactorName("model.layers.0.q_proj", want), module, part, ok)
		}
	}
}

func TestReplaced(t *testing.T) {
	for name, want := range map[string]string{
		"base_model.model.classifier.modules_to_save.weight":                 "classifier.weight",
		"base_model.model.classifier.modules_to_save.default.weight":         "classifier.weight",
		"base_model.model.classifier.weight":                                 "classifier.weight",
		"base_model.model.model.layers.0.self_attn.q_proj.base_layer.bias":   "model.layers.0.self_attn.q_proj.bias",
		"base_model.model.model.layers.0.self_attn.q_proj.bias":              "model.layers.0.self_attn.q_proj.bias",
		"base_model.model.model.embed_tokens.modules_to_save.default.weight": "model.embed_tokens.weight",
		"": "",
	} {
		if got := Replaced(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
