package lora

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"dits/formats"
	"dits/formats/names"
	"dits/formats/number"
	"dits/repo/diff"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// Options of [Export]. The zero value takes the numerical rank of each change.
type Options struct {
	Rank     int             // of every tensor, as far as it has so many rows and columns; 0: its numerical rank
	Progress object.Progress // nil: none
	Output   Output          // how its files are written
}

// An Output writes the file at a path that the user named, all of it with one call of write.
type Output func(path string, write func(io.Writer) error) error

// An Exported is an adapter that was made of a change: merged into A it gives B, but for the errors and
// for what no adapter can hold.
type Exported struct {
	Rank    int             `json:"rank"` // the highest of its tensors; 0 if it has none
	Tensors []AdaptedTensor `json:"tensors"`
	Left    []Left          `json:"left"`  // tensors that changed and are not in it
	Bytes   int64           `json:"bytes"` // of adapter_model.safetensors
}

// A AdaptedTensor is a matrix that an adapter changes.
type AdaptedTensor struct {
	Name  string        `json:"name"`
	Shape []int64       `json:"shape"`
	Rank  int           `json:"rank"`
	Least bool          `json:"least"` // its numerical rank may be higher
	Error number.Number `json:"error"` // ‖ΔW − B·A‖ / ‖ΔW‖, Frobenius
}

// A Left is a tensor that changed and is not in the adapter.
type Left struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// ErrNoAdapter is when nothing that changed can be in an adapter.
var ErrNoAdapter = errors.New("no matrix changed: there is no adapter to write")

// Export writes the change from a to b as an adapter of Hugging Face's peft, adapter_model.safetensors
// and adapter_config.json, into the folder dir, which is made if it is not there. B·A is the best approximation
// of its rank, as far as a randomised search finds it; the scale is 1. Tensors are paired by name.
// It holds one matrix of factors, the change of a tensor of at most 8 million weights, and blocks of others.
func Export(ctx context.Context, a, b diff.Snapshot, dir string, o Options) (*Exported, error) {
	a, b = changedFiles(a, b)
	from, err := newLoRASide(a)
	if err != nil {
		return nil, err
	}
	defer from.close()
	to, err := newLoRASide(b)
	if err != nil {
		return nil, err
	}
	defer to.close()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	w, err := newLoRAWriter(dir, o.Output)
	if err != nil {
		return nil, err
	}
	defer w.discard()
	x := &loraExport{options: o, from: from, to: to, w: w, out: &Exported{Tensors: []AdaptedTensor{}, Left: []Left{}}}
	if err := x.run(ctx); err != nil {
		return nil, err
	}
	if len(x.out.Tensors) == 0 {
		return nil, ErrNoAdapter
	}
	metadata, err := stateErrors(x.out.Tensors)
	if err != nil {
		return nil, err
	}
	x.out.Bytes, err = w.finish(x.config(), metadata)
	return x.out, err
}

// changedFiles leaves out what both sides have at one path: there may be tensors of one name in several such files.
// A side of nothing else stays as it is.
func changedFiles(a, b diff.Snapshot) (from, to diff.Snapshot) {
	type at struct {
		path string
		id   digest.ID
	}
	old := make(map[at]bool, len(a.Files))
	for _, e := range a.Files {
		old[at{e.Path, e.ID}] = !e.ID.IsZero()
	}
	same := make(map[string]bool)
	for _, e := range b.Files {
		if old[at{e.Path, e.ID}] {
			same[e.Path] = true
		}
	}
	from, to = a, b
	from.Files, to.Files = without(a.Files, same), without(b.Files, same)
	if len(from.Files) == 0 || len(to.Files) == 0 {
		return a, b
	}
	return from, to
}

// without is the entries but for those at some paths.
func without(entries []diff.Entry, paths map[string]bool) []diff.Entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e diff.Entry) bool { return paths[e.Path] })
}

// A loraSide is the tensors of one side by name, in the order of its files.
type loraSide struct {
	files  []*object.File
	names  []string
	byName map[string]loraTensor
}

// A loraTensor is where a tensor is.
type loraTensor struct {
	formats.Tensor
	file  *object.File
	index int // in the file
}

// isAs says that two tensors differ in nothing.
func (t loraTensor) isAs(o loraTensor) bool {
	return t.DType == o.DType && slices.Equal(t.Shape, o.Shape) && t.file.Digest(t.index) == o.file.Digest(o.index)
}

// newLoRASide reads which tensors a side has.
func newLoRASide(s diff.Snapshot) (*loraSide, error) {
	side := &loraSide{byName: map[string]loraTensor{}}
	where := map[string]string{}
	for _, e := range s.Files {
		if err := side.add(e, where); err != nil {
			side.close()
			return nil, err
		}
	}
	if len(side.names) == 0 {
		side.close()
		return nil, object.Absent("%s: no safetensors with tensors", s.Name)
	}
	return side, nil
}

// add takes up the tensors of a file; where says which file has a name.
func (s *loraSide) add(e diff.Entry, where map[string]string) error {
	if e.Open == nil {
		return nil // a link
	}
	f, err := e.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", e.Path, err)
	}
	s.files = append(s.files, f)
	if f.Layout.Format != "safetensors" {
		return nil // names of other formats are not those of modules
	}
	for i, t := range f.Layout.Tensors {
		if first, twice := where[t.Name]; twice {
			return fmt.Errorf("tensor %q is in %s and in %s: say which file is meant, as REV:PATH", t.Name, first, e.Path)
		}
		where[t.Name] = e.Path
		s.names = append(s.names, t.Name)
		s.byName[t.Name] = loraTensor{t, f, i}
	}
	return nil
}

func (s *loraSide) close() {
	for _, f := range s.files {
		f.Close()
	}
}

// A loraExport is one call of ExportLoRA.
type loraExport struct {
	options  Options
	from, to *loraSide
	w        *loraWriter
	out      *Exported
}

// run goes through all tensors, those of the new side first.
func (x *loraExport) run(ctx context.Context) error {
	p := object.OrQuiet(x.options.Progress)
	p.Start("factoring", x.changedBytes())
	defer p.Done()
	for _, name := range x.to.names {
		b := x.to.byName[name]
		a, ok := x.from.byName[name]
		switch {
		case !ok:
			x.leave(name, "added")
		case a.isAs(b):
		case !adaptable(a.Tensor, b.Tensor):
			x.leave(name, whyNot(a.Tensor, b.Tensor))
		default:
			if err := x.tensor(ctx, a, b); err != nil {
				return fmt.Errorf("tensor %q: %w", name, err)
			}
			p.Add(b.Len)
		}
	}
	for _, name := range x.from.names {
		if _, ok := x.to.byName[name]; !ok {
			x.leave(name, "removed")
		}
	}
	return nil
}

// changedBytes is what has to be read of the new side.
func (x *loraExport) changedBytes() (sum int64) {
	for name, b := range x.to.byName {
		if a, ok := x.from.byName[name]; ok && !a.isAs(b) && adaptable(a.Tensor, b.Tensor) {
			sum += b.Len
		}
	}
	return sum
}

func (x *loraExport) leave(name, reason string) {
	x.out.Left = append(x.out.Left, Left{name, reason})
}

// adaptable says that a change can be that of a module that peft adapts.
func adaptable(a, b formats.Tensor) bool { return whyNot(a, b) == "" }

// whyNot is why a change cannot be in an adapter, "" if it can.
func whyNot(a, b formats.Tensor) string {
	module := names.PlaceOf(b.Name).Module
	switch {
	case fmt.Sprint(a.Shape) != fmt.Sprint(b.Shape):
		return fmt.Sprintf("shape %v was %v", b.Shape, a.Shape)
	case len(b.Shape) != 2:
		return fmt.Sprintf("is no matrix: shape %v", b.Shape)
	case module == "embed_tokens" || module == "embed_positions":
		return "is an embedding"
	case !strings.HasSuffix(b.Name, ".weight"):
		return "is no module's weight"
	case !number.IsWide(a.DType) || !number.IsWide(b.DType):
		return fmt.Sprintf("is no float: %s", b.DType)
	}
	return ""
}

// tensor factors one change and writes the factors.
func (x *loraExport) tensor(ctx context.Context, a, b loraTensor) error {
	if b.Len == 0 {
		return nil // no elements
	}
	oa, err := diff.Operand(a.file, a.index)
	if err != nil {
		return err
	}
	ob, err := diff.Operand(b.file, b.index)
	if err != nil {
		return err
	}
	change, err := diff.NewRankOf(ctx, b.Shape, oa, ob)
	if err != nil {
		return err
	}
	if change == nil {
		x.leave(b.Name, fmt.Sprintf("%v of %s has no rank to be found", b.Shape, b.DType))
		return nil
	}
	if change.Energy == 0 {
		return nil // other bits, the same numbers
	}
	rank, least := min(x.options.Rank, change.Rows, change.Cols), false
	if x.options.Rank == 0 {
		if rank, _, least, err = change.Find(ctx); err != nil {
			return err
		}
	}
	if rank == 0 {
		x.leave(b.Name, "changed by no more than rounding")
		return nil
	}
	f, err := change.Factor(ctx, rank)
	if err != nil {
		return err
	}
	x.out.Rank = max(x.out.Rank, rank)
	x.out.Tensors = append(x.out.Tensors, AdaptedTensor{b.Name, b.Shape, rank, least, number.Number(math.Sqrt(f.Missed))})
	module := strings.TrimSuffix(b.Name, ".weight")
	return x.w.put(module, f, x.isTransposed() && transposes(module))
}
