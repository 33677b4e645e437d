package lora

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"dits/formats"
	"dits/formats/names"
	"dits/formats/number"
	"dits/repo/diff"
	"dits/repo/object"
	"dits/tensorstore/disk"
)

// The names that peft gives the files of an adapter.
const (
	AdapterWeights = "adapter_model.safetensors"
	adapterPickle  = "adapter_model.bin"
	AdapterConfig  = "adapter_config.json"
	// MaxConfig is the longest configuration that is read, in bytes.
	MaxConfig = 1 << 20
)

// An Adapter is an open LoRA adapter: a folder as peft's save_pretrained writes it, or its safetensors file with
// adapter_config.json beside it. Close it.
type Adapter struct {
	*loraConfig
	name    string // says which it is
	Word    string // as it was named; "" is by name
	content *object.File
	changes map[string]*loraChange // by the role of the tensor that they change
	saved   map[string]int         // tensors that take the place of others, by role
	stated  map[string]float64     // ‖ΔW − B·A‖ / ‖ΔW‖ of modules, where the adapter says it of itself
}

// A loraChange is the factors of the change of one matrix, as indices of tensors.
type loraChange struct {
	module    string // "model.layers.0.self_attn.q_proj"
	a, b      int    // rank rows; rank columns. -1: not there
	magnitude int    // of DoRA, or -1
	embedding bool   // of an embedding, whose matrix is turned
}

// NewAdapter makes an adapter of the text of its configuration and of its weights, and makes sure that they agree.
// It closes weights. name is how messages call it.
func NewAdapter(name string, config []byte, weights *object.File) (*Adapter, error) {
	l := &Adapter{name: name, content: weights, changes: map[string]*loraChange{}, saved: map[string]int{}}
	var err error
	if l.loraConfig, err = parseLoraConfig(config); err == nil {
		l.stated = statedErrors(weights)
		err = l.sort()
	} else {
		err = fmt.Errorf("%s: %w", AdapterConfig, err)
	}
	if err != nil {
		weights.Close()
		return nil, fmt.Errorf("adapter %s: %w", name, err)
	}
	return l, nil
}

// ReadAdapter opens an adapter of the file system.
func ReadAdapter(ctx context.Context, path string) (*Adapter, error) {
	config, weights, err := readAdapterFiles(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("adapter %s: %w", path, err)
	}
	return NewAdapter(path, config, weights)
}

// Close releases the adapter's file.
func (l *Adapter) Close() error { return l.content.Close() }

// readAdapterFiles reads the configuration and opens the weights.
func readAdapterFiles(ctx context.Context, name string) ([]byte, *object.File, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, object.ErrNoPath
	}
	if err != nil {
		return nil, nil, err
	}
	if info.IsDir() {
		dir := name
		name = filepath.Join(dir, AdapterWeights)
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			if _, pickle := os.Stat(filepath.Join(dir, adapterPickle)); pickle == nil {
				return nil, nil, fmt.Errorf("%s is a pickle, which dits does not read: %w", adapterPickle, errAdapter)
			}
		}
	}
	config, err := disk.OpenRegular(filepath.Join(filepath.Dir(name), AdapterConfig))
	if err != nil {
		return nil, nil, err
	}
	defer config.Close()
	text, err := io.ReadAll(io.LimitReader(config, MaxConfig))
	if err != nil {
		return nil, nil, err
	}
	c, err := object.OpenDisk(name)
	return text, c, err
}

// sort finds what each tensor of the adapter is.
func (l *Adapter) sort() error {
	for i, t := range l.content.Tensors() {
		module, part, ok := names.Factor(t.Name)
		if !ok {
			l.saved[names.Role(names.Replaced(t.Name))] = i
			continue
		}
		role := names.Role(module + ".weight")
		c := l.changes[role]
		if c == nil {
			c = &loraChange{module: module, a: -1, b: -1, magnitude: -1}
			l.changes[role] = c
		} else if c.module != module {
			return fmt.Errorf("%s and %s have one role, %s: %w", c.module, module, role, errAdapter)
		}
		switch part {
		case names.FactorA, names.EmbeddingA:
			c.a, c.embedding = i, part == names.EmbeddingA
		case names.FactorB, names.EmbeddingB:
			c.b = i
		default:
			c.magnitude = i
		}
	}
	if len(l.changes) == 0 {
		return fmt.Errorf("no tensor is named lora_A: %w", errAdapter)
	}
	if err := l.canMatch(len(l.changes)); err != nil {
		return err
	}
	for _, c := range l.changes {
		if err := l.check(c); err != nil {
			return fmt.Errorf("%s: %w", c.module, err)
		}
	}
	return nil
}

// check holds factors and configuration of a module against each other.
func (l *Adapter) check(c *loraChange) error {
	switch {
	case c.a < 0 || c.b < 0:
		return fmt.Errorf("only one of lora_A and lora_B: %w", errAdapter)
	case l.DoRA != (c.magnitude >= 0):
		return fmt.Errorf("use_dora is %v in %s, and lora_magnitude_vector says otherwise: %w", l.DoRA, AdapterConfig, errAdapter)
	case c.embedding && l.DoRA:
		return fmt.Errorf("use_dora on an embedding: %w", errAdapter)
	case !l.targets(c.module):
		return fmt.Errorf("the adapter has it, and %s does not target it: %w", AdapterConfig, errAdapter)
	}
	a, b := l.content.Layout.Tensors[c.a], l.content.Layout.Tensors[c.b]
	if len(a.Shape) != 2 || len(b.Shape) != 2 || a.Shape[0] != b.Shape[1] || a.Len == 0 || b.Len == 0 {
		return fmt.Errorf("factors of %v and %v: %w", a.Shape, b.Shape, errAdapter)
	}
	if want := l.rank(c.module); a.Shape[0] != want {
		return fmt.Errorf("rank %d, and %s says %d: %w", a.Shape[0], AdapterConfig, want, errAdapter)
	}
	if most := max(a.Shape[1], b.Shape[0]); a.Shape[0] > most {
		// Of more the product can be had from fewer: who would wait for it?
		return fmt.Errorf("rank %d of a matrix of %d rows and %d columns: %w", a.Shape[0], b.Shape[0], a.Shape[1], errAdapter)
	}
	for _, t := range []formats.Tensor{a, b} {
		if _, ok := number.GridOf(t.DType); !ok {
			return fmt.Errorf("factors of %s: %w", t.DType, errAdapter)
		}
	}
	return nil
}

// valuesIn reads tensor i of a file whole.
func valuesIn(c *object.File, i int) ([]float64, error) {
	o, err := diff.Operand(c, i)
	if err != nil {
		return nil, err
	}
	n := formats.Elements(c.Layout.Tensors[i].Shape)
	rows, ok := number.NewRows(o, []int64{1, n})
	if !ok {
		return nil, fmt.Errorf("tensor %q: no values in %s", c.Layout.Tensors[i].Name, o.DType)
	}
	v := make([]float64, n)
	return v, rows.Read(v, make([]byte, rows.Size), 0)
}

// shown is what people call it.
func (l *Adapter) shown() string { return cmp.Or(l.Word, l.name) }
