package inspect

import (
	"encoding/json"

	"dits/formats/number"
)

// A Report is what one model is. Its JSON form is a contract.
type Report struct {
	Path          string        `json:"path"`            // of the file; of shards "model-*-of-00003.safetensors"
	Format        string        `json:"format"`          // safetensors, gguf, or opaque: another file
	Files         int           `json:"files"`           // that are there
	Size          int64         `json:"size"`            // of those, in bytes
	Architecture  string        `json:"architecture"`    // "" where nothing says it
	Name          string        `json:"name"`            // that the model has for itself, "" for none
	Parameters    int64         `json:"parameters"`      // weights; what scales and packs them does not count
	TensorCount   int           `json:"tensor_count"`    //
	BitsPerWeight number.Number `json:"bits_per_weight"` // of all tensors; null where there are no weights
	Mix           []Mix         `json:"mix"`             // which modules of which layers have which dtype
	Tokenizer     *Tokenizer    `json:"tokenizer"`       // null where there is none
	Adapter       *Adapter      `json:"adapter"`         // null for what is no adapter
	Index         string        `json:"index"`           // the *.index.json that names its files, "" for none
	Problems      []Problem     `json:"problems"`

	BigEndian bool `json:"big_endian,omitempty"` // of a GGUF, its numbers

	Metadata []Key    `json:"metadata,omitempty"` // where it was asked for
	Tensors  []Tensor `json:"tensors,omitempty"`  // where they were asked for, in the order of the files
}

// A Mix is the modules that have one dtype in the same layers.
type Mix struct {
	Stack   string   `json:"stack"`   // of layers, "" for the only one or the main one
	Layers  [][2]int `json:"layers"`  // runs of them, first and last; none outside of layers
	DType   string   `json:"dtype"`   //
	Scales  bool     `json:"scales"`  // they tell how other tensors are to be read
	Modules []string `json:"modules"` // in the order in which a layer computes them
	Tensors int      `json:"tensors"` //
	Bytes   int64    `json:"bytes"`

	Parameters int64 `json:"parameters"` // weights, as those of the report
}

// A Tokenizer is what is known of one without reading its words.
type Tokenizer struct {
	Model        string `json:"model"`         // "gpt2", "LlamaTokenizer"
	Pre          string `json:"pre"`           // how text is split before, in GGUF
	Tokens       int64  `json:"tokens"`        // 0: not known
	ChatTemplate string `json:"chat_template"` // the key or file that has it, "" for none
}

// An Adapter is a low-rank adapter.
type Adapter struct {
	Ranks   []int64  `json:"ranks"`   // ascending, each once
	Alpha   *float64 `json:"alpha"`   // null where nothing says it
	Targets []string `json:"targets"` // modules, as "q_proj"
	Changes int      `json:"changes"` // matrices that it changes
	Saved   []string `json:"saved"`   // tensors that it replaces
	Base    string   `json:"base"`    // the model that it is for, "" where nothing says it
	RSLoRA  bool     `json:"rslora"`
	DoRA    bool     `json:"dora"`
}

// A Problem is what is wrong with a file, or missing.
type Problem struct {
	Path    string `json:"path"`
	Kind    string `json:"kind"`
	Text    string `json:"text"`
	Missing int64  `json:"missing,omitempty"` // bytes, of what is cut off
}

// Kinds of problems, besides those of a single file: see [object.Flaw].
const (
	MissingFile   = "missing-file"
	MissingTensor = "missing-tensor"
)

// A Key is a pair of a header.
type Key struct {
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
}

// A Tensor is one of a file.
type Tensor struct {
	Name   string  `json:"name"`
	DType  string  `json:"dtype"`
	Shape  []int64 `json:"shape"`
	Offset int64   `json:"offset"` // bytes from the start of the file
	Size   int64   `json:"size"`   // bytes
	Path   string  `json:"path"`   // of the file
}
