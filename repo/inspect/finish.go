package inspect

import (
	"cmp"
	"strings"
)

// A modelConfig is what config.json says of a model, as transformers reads it; text_config is that of the language
// part of a model with several.
type modelConfig struct {
	Architectures []string `json:"architectures"`
	ModelType     string   `json:"model_type"`
	Name          string   `json:"_name_or_path"`
	VocabSize     int64    `json:"vocab_size"`
	Class         string   `json:"_class_name"` // of diffusers
	Text          *struct {
		VocabSize int64 `json:"vocab_size"`
	} `json:"text_config"`
	Quantization *struct {
		Bits int64 `json:"bits"`
	} `json:"quantization_config"`
}

// finish fills in what all files together say.
func (x *inspection) finish() {
	r := &x.report
	var c modelConfig
	if len(x.tensors) > 0 {
		x.near.readJSON(x.anyPath(), "config.json", &c)
	}
	r.Architecture, r.Name = x.text("general.architecture"), cmp.Or(x.text("general.name"), c.Name)
	if r.Architecture == "" {
		r.Architecture = cmp.Or(strings.Join(c.Architectures, ", "), c.Class, c.ModelType)
	}
	r.TensorCount = len(x.tensors)
	var bits int64
	if c.Quantization != nil {
		bits = c.Quantization.Bits
	}
	r.Parameters = weightsOf(x.tensors, bits)
	r.BitsPerWeight = bitsOf(x.bytes, r.Parameters)
	r.Mix = mixOf(x.tensors, bits)
	if r.Adapter = x.adapter(); r.Adapter == nil {
		r.Tokenizer = x.tokenizer(c)
	}
}

// anyPath is that of a file of the model, or of the index.
func (x *inspection) anyPath() string {
	if len(x.set.files) > 0 {
		return x.set.files[0].Path
	}
	return x.set.path
}

// text is the value of a key of a GGUF's header that is a string.
func (x *inspection) text(key string) string {
	s, _ := x.kvs[key].(string)
	return s
}

// tokenizer is that in the header of a GGUF, or in the files beside a model that is not one.
func (x *inspection) tokenizer(c modelConfig) *Tokenizer {
	if x.kvs != nil {
		model := x.text("tokenizer.ggml.model")
		if model == "" {
			return nil
		}
		tokens, _ := x.kvs["tokenizer.ggml.tokens"].(int)
		t := &Tokenizer{Model: model, Pre: x.text("tokenizer.ggml.pre"), Tokens: int64(tokens)}
		if x.text("tokenizer.chat_template") != "" {
			t.ChatTemplate = "tokenizer.chat_template"
		}
		return t
	}
	at := x.anyPath()
	var w struct {
		Class string `json:"tokenizer_class"`
		Chat  any    `json:"chat_template"`
	}
	known := x.near.readJSON(at, "tokenizer_config.json", &w)
	for _, name := range []string{"tokenizer.json", "tokenizer.model"} {
		known = known || x.near.beside(at, name) != nil
	}
	if !known || len(x.tensors) == 0 {
		return nil
	}
	t := &Tokenizer{Model: w.Class, Tokens: c.VocabSize}
	if t.Tokens == 0 && c.Text != nil {
		t.Tokens = c.Text.VocabSize
	}
	switch {
	case x.near.beside(at, "chat_template.jinja") != nil:
		t.ChatTemplate = "chat_template.jinja"
	case w.Chat != nil:
		t.ChatTemplate = "tokenizer_config.json"
	}
	return t
}
