package lora

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"dits/formats"
	"dits/formats/names"
	"dits/formats/safetensors"
	"dits/repo/diff"
)

// FilesIn are the files of an adapter in the folder dir, weights first.
func FilesIn(dir string) []string {
	return []string{filepath.Join(dir, "adapter_model.safetensors"), filepath.Join(dir, "adapter_config.json")}
}

// A loraWriter writes the factors of an adapter to a file beside the result until all are known, for
// the header, which comes first, has their shapes.
type loraWriter struct {
	dir     string
	output  Output
	parts   *os.File
	size    int64 // bytes in parts
	tensors []formats.Tensor
	at      map[string]int64 // where in parts a tensor is
}

func newLoRAWriter(dir string, output Output) (*loraWriter, error) {
	parts, err := os.CreateTemp(dir, ".dits-adapter-*")
	if err != nil {
		return nil, err
	}
	return &loraWriter{dir: dir, output: output, parts: parts, at: map[string]int64{}}, nil
}

// discard removes the file of parts.
func (w *loraWriter) discard() {
	w.parts.Close()
	os.Remove(w.parts.Name())
}

// put writes the factors of a module's weight. Of one that is stored transposed, B·A is the transpose
// of the weight's change.
func (w *loraWriter) put(module string, f *diff.Factoring, transposed bool) error {
	b, a := mat.Matrix(f.Left), mat.Matrix(f.Right)
	if transposed {
		b, a = f.Right.T(), f.Left.T()
	}
	return errors.Join(w.matrix(names.FactorName(module, names.FactorA), a), w.matrix(names.FactorName(module, names.FactorB), b))
}

// matrix writes one factor in float32.
func (w *loraWriter) matrix(name string, m mat.Matrix) error {
	rows, cols := m.Dims()
	b := make([]byte, 0, 4*rows*cols)
	for i := range rows {
		for j := range cols {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(m.At(i, j))))
		}
	}
	w.tensors = append(w.tensors, formats.Tensor{Name: name, DType: "F32", Shape: []int64{int64(rows), int64(cols)}, Len: int64(len(b))})
	w.at[name] = w.size
	w.size += int64(len(b))
	_, err := w.parts.Write(b)
	return err
}

// finish writes both files of the adapter, each in one step, and returns the bytes of the larger.
func (w *loraWriter) finish(c peftConfig, metadata map[string]string) (int64, error) {
	header, tensors, err := safetensors.MakeHeader(w.tensors, metadata)
	if err != nil {
		return 0, err
	}
	files := FilesIn(w.dir)
	err = w.output(files[0], func(out io.Writer) error {
		if _, err := out.Write(header); err != nil {
			return err
		}
		for _, t := range tensors {
			if _, err := io.Copy(out, io.NewSectionReader(w.parts, w.at[t.Name], t.Len)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return 0, err
	}
	return int64(len(header)) + w.size, w.output(files[1], func(out io.Writer) error {
		_, err := out.Write(append(text, '\n'))
		return err
	})
}

// A peftConfig is adapter_config.json (peft's LoraConfig). The alpha of each module is its rank, so that
// the scale is 1.
type peftConfig struct {
	PeftType     string         `json:"peft_type"`
	TaskType     *string        `json:"task_type"`
	Base         *string        `json:"base_model_name_or_path"`
	Rank         int            `json:"r"`
	Alpha        int            `json:"lora_alpha"`
	RankPattern  map[string]int `json:"rank_pattern"`
	AlphaPattern map[string]int `json:"alpha_pattern"`
	Targets      []string       `json:"target_modules"`
	FanInFanOut  bool           `json:"fan_in_fan_out"`
	Bias         string         `json:"bias"`
	Dropout      float64        `json:"lora_dropout"`
	Inference    bool           `json:"inference_mode"`
	Init         bool           `json:"init_lora_weights"`
	RSLoRA       bool           `json:"use_rslora"`
	DoRA         bool           `json:"use_dora"`
}

// config says what the adapter is for.
func (x *loraExport) config() peftConfig {
	c := peftConfig{
		PeftType: "LORA", Rank: x.out.Rank, Alpha: x.out.Rank, Bias: "none", Inference: true, Init: true,
		RankPattern: map[string]int{}, AlphaPattern: map[string]int{}, FanInFanOut: x.isTransposed(),
	}
	modules := make([]string, len(x.out.Tensors))
	for i, t := range x.out.Tensors {
		modules[i] = strings.TrimSuffix(t.Name, ".weight")
		if t.Rank != x.out.Rank {
			c.RankPattern[modules[i]], c.AlphaPattern[modules[i]] = t.Rank, t.Rank
		}
	}
	c.Targets = x.targets(modules)
	return c
}

// targets are the last parts of the modules' names, as people write target_modules, where the model has
// no other module that ends so; else the whole names.
func (x *loraExport) targets(modules []string) []string {
	all, mine := map[string]int{}, map[string]int{}
	for _, name := range x.to.names {
		if module, ok := strings.CutSuffix(name, ".weight"); ok {
			all[lastPart(module)]++
		}
	}
	for _, m := range modules {
		mine[lastPart(m)]++
	}
	var out []string
	for _, m := range modules {
		if last := lastPart(m); all[last] == mine[last] {
			m = last
		}
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

func lastPart(module string) string { return module[strings.LastIndexByte(module, '.')+1:] }

// isTransposed says that the model keeps matrices as inputs × outputs, as GPT-2 does (transformers' Conv1D):
// then those that make a state wider are wider than tall.
func (x *loraExport) isTransposed() bool {
	for _, name := range x.to.names {
		shape := x.to.byName[name].Shape
		switch lastPart(strings.TrimSuffix(name, ".weight")) {
		case "c_attn", "c_fc":
			if len(shape) == 2 && shape[0] < shape[1] {
				return true
			}
		}
	}
	return false
}

// transposes says that a module of such a model is a Conv1D. peft sees for each module by itself
// whether fan_in_fan_out holds.
func transposes(module string) bool {
	return slices.Contains([]string{"c_attn", "q_attn", "c_proj", "c_fc"}, lastPart(module))
}
