package repo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"dits/formats"
	"dits/formats/names"
)

// The names that peft gives the files of an adapter.
const (
	adapterWeights = "adapter_model.safetensors"
	adapterPickle  = "adapter_model.bin"
	adapterConfig  = "adapter_config.json"
	// maxConfig is the longest configuration that is read, in bytes.
	maxConfig = 1 << 20
)

// An Adapter names a LoRA adapter: a folder as peft's save_pretrained writes it, or its safetensors file with
// adapter_config.json beside it.
type Adapter struct {
	Rev  string // the commit that has it; "": it is in the file system
	Path string // from the repository's root; in the file system any path
}

// String is how the command line names it.
func (a Adapter) String() string {
	if a.Rev == "" {
		return a.Path
	}
	return a.Rev + ":" + a.Path
}

// A lora is an open adapter.
type lora struct {
	*loraConfig
	content *content
	changes map[string]*loraChange // by the role of the tensor that they change
	saved   map[string]int         // tensors that take the place of others, by role
}

// A loraChange is the factors of the change of one matrix, as indices of tensors.
type loraChange struct {
	module    string // "model.layers.0.self_attn.q_proj"
	a, b      int    // rank rows; rank columns. -1: not there
	magnitude int    // of DoRA, or -1
	embedding bool   // of an embedding, whose matrix is turned
}

// openAdapter opens an adapter and makes sure that its tensors and its configuration agree.
func (r *Repo) openAdapter(ctx context.Context, a Adapter) (*lora, error) {
	text, c, err := r.readAdapter(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("adapter %s: %w", a, err)
	}
	l := &lora{content: c, changes: map[string]*loraChange{}, saved: map[string]int{}}
	if l.loraConfig, err = parseLoraConfig(text); err == nil {
		err = l.sort()
	} else {
		err = fmt.Errorf("%s: %w", adapterConfig, err)
	}
	if err != nil {
		c.close()
		return nil, fmt.Errorf("adapter %s: %w", a, err)
	}
	return l, nil
}

// readAdapter reads the configuration and opens the weights.
func (r *Repo) readAdapter(ctx context.Context, a Adapter) ([]byte, *content, error) {
	if a.Rev == "" {
		return readAdapterFiles(ctx, a.Path)
	}
	weights := path.Join(a.Path, adapterWeights)
	if strings.HasSuffix(a.Path, ".safetensors") {
		weights = a.Path
	}
	f, err := r.fileAt(a.Rev, weights)
	if err != nil {
		return nil, nil, err
	}
	config, err := r.fileAt(a.Rev, path.Join(path.Dir(weights), adapterConfig))
	if err != nil {
		return nil, nil, err
	}
	cc, err := r.open(sideFile{TreeFile: config})
	if err != nil || cc == nil {
		return nil, nil, errors.Join(err, ErrNoPath)
	}
	text := make([]byte, min(cc.Layout.Size, maxConfig))
	if err := readFull(cc, text, 0); err != nil {
		return nil, nil, err
	}
	c, err := r.open(sideFile{TreeFile: f})
	if err == nil && c == nil {
		err = fmt.Errorf("%s: a link: %w", weights, ErrNoPath)
	}
	return text, c, err
}

// readAdapterFiles is readAdapter for the file system.
func readAdapterFiles(ctx context.Context, name string) ([]byte, *content, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, nil, err
	}
	if info.IsDir() {
		dir := name
		name = filepath.Join(dir, adapterWeights)
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			if _, pickle := os.Stat(filepath.Join(dir, adapterPickle)); pickle == nil {
				return nil, nil, fmt.Errorf("%s is a pickle, which dits does not read: %w", adapterPickle, errAdapter)
			}
		}
	}
	config, err := os.Open(filepath.Join(filepath.Dir(name), adapterConfig))
	if err != nil {
		return nil, nil, err
	}
	defer config.Close()
	text, err := io.ReadAll(io.LimitReader(config, maxConfig))
	if err != nil {
		return nil, nil, err
	}
	src, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	c := &content{work: src, segments: map[int]int{}}
	if info, err = src.Stat(); err == nil {
		c.File, err = scan(ctx, src, info.Size(), name, func(int64) {})
	}
	if err != nil {
		src.Close()
		return nil, nil, err
	}
	c.index()
	return text, c, nil
}

// moduleOfTensor splits the name of a tensor of an adapter: module "model.layers.0.self_attn.q_proj" and
// part "lora_A"; part is "" for a tensor that takes the place of the model's.
func moduleOfTensor(name string) (module, part string) {
	name = strings.TrimPrefix(name, "base_model.model.")
	for _, part := range []string{"lora_A", "lora_B", "lora_embedding_A", "lora_embedding_B", "lora_magnitude_vector"} {
		if module, rest, ok := strings.Cut(name, "."+part); ok && (rest == "" || rest[0] == '.') {
			return module, part
		}
	}
	return name, ""
}

// savedParts are what some versions of peft leave in the names of tensors that take the place of the model's.
var savedParts = strings.NewReplacer(".base_layer.", ".", ".modules_to_save.", ".")

// sort finds what each tensor of the adapter is.
func (l *lora) sort() error {
	for i, t := range l.content.tensors() {
		module, part := moduleOfTensor(t.Name)
		if part == "" {
			l.saved[names.Role(savedParts.Replace(module))] = i
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
		case "lora_A", "lora_embedding_A":
			c.a, c.embedding = i, part != "lora_A"
		case "lora_B", "lora_embedding_B":
			c.b = i
		default:
			c.magnitude = i
		}
	}
	if len(l.changes) == 0 {
		return fmt.Errorf("no tensor is named lora_A: %w", errAdapter)
	}
	for _, c := range l.changes {
		if err := l.check(c); err != nil {
			return fmt.Errorf("%s: %w", c.module, err)
		}
	}
	return nil
}

// check holds factors and configuration of a module against each other.
func (l *lora) check(c *loraChange) error {
	switch {
	case c.a < 0 || c.b < 0:
		return fmt.Errorf("only one of lora_A and lora_B: %w", errAdapter)
	case l.DoRA != (c.magnitude >= 0):
		return fmt.Errorf("use_dora is %v in %s, and lora_magnitude_vector says otherwise: %w", l.DoRA, adapterConfig, errAdapter)
	case c.embedding && l.DoRA:
		return fmt.Errorf("use_dora on an embedding: %w", errAdapter)
	case !l.targets(c.module):
		return fmt.Errorf("the adapter has it, and %s does not target it: %w", adapterConfig, errAdapter)
	}
	a, b := l.content.Layout.Tensors[c.a], l.content.Layout.Tensors[c.b]
	if len(a.Shape) != 2 || len(b.Shape) != 2 || a.Shape[0] != b.Shape[1] || a.Len == 0 || b.Len == 0 {
		return fmt.Errorf("factors of %v and %v: %w", a.Shape, b.Shape, errAdapter)
	}
	if want := l.rank(c.module); a.Shape[0] != want {
		return fmt.Errorf("rank %d, and %s says %d: %w", a.Shape[0], adapterConfig, want, errAdapter)
	}
	for _, t := range []formats.Tensor{a, b} {
		if _, ok := floatGrids[t.DType]; !ok {
			return fmt.Errorf("factors of %s: %w", t.DType, errAdapter)
		}
	}
	return nil
}

// values reads tensor i whole.
func (c *content) values(i int) ([]float64, error) {
	o, err := c.operand(i)
	if err != nil {
		return nil, err
	}
	n := elementsOf(c.Layout.Tensors[i].Shape)
	rows, ok := newRows(o, []int64{1, n})
	if !ok {
		return nil, fmt.Errorf("tensor %q: no values in %s", c.Layout.Tensors[i].Name, o.DType)
	}
	v := make([]float64, n)
	return v, rows.read(v, make([]byte, rows.size), 0)
}
