package inspect

import (
	"fmt"
	"io"
	"strings"

	"dits/formats"
	"dits/formats/gguf"
	"dits/repo/diff"
	"dits/repo/object"
)

// An inspection puts a report together.
type inspection struct {
	set     *set
	near    *folder
	options Options
	report  Report

	tensors []formats.Tensor
	bytes   int64              // of tensors
	seen    map[string]bool    // files whose header could be read
	has     map[[2]string]bool // file and tensor, where there is an index
	kvs     map[string]any     // of the first GGUF
}

func (x *inspection) problem(path, kind, text string) {
	x.report.Problems = append(x.report.Problems, Problem{Path: path, Kind: kind, Text: text})
}

// file adds a file of the model.
func (x *inspection) file(e *diff.Entry) error {
	x.report.Files++
	x.report.Size += e.Size
	if e.Open == nil {
		x.problem(e.Path, Damaged, "a link, want a file")
		return nil
	}
	f, err := e.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	layout := &f.Layout
	if f.IsOpaque() {
		if layout, err = x.opaque(e, f); layout == nil || err != nil {
			return err
		}
	}
	x.report.Format = layout.Format
	x.addTensors(e.Path, layout)
	return x.header(formats.Filled(f, f.Layout.Size), layout)
}

// opaque says why a file is no model, and how it would be cut if it were whole.
func (x *inspection) opaque(e *diff.Entry, f *object.File) (*formats.Layout, error) {
	head := make([]byte, min(f.Layout.Size, formats.StandInLen))
	if err := object.ReadFull(f, head, 0); err != nil {
		return nil, err
	}
	if s := formats.FindStandIn(head); s != nil {
		x.standIn(e.Path, s)
		return nil, nil
	}
	cut, err := formats.CutOff(f, f.Layout.Size, e.Path, object.Parsers...)
	switch {
	case err != nil:
		return nil, err
	case cut == nil && f.Layout.Warning != "":
		x.problem(e.Path, Damaged, f.Layout.Warning)
		return nil, nil
	case cut == nil:
		return nil, nil
	}
	x.report.Format = cut.Format
	p := Problem{Path: e.Path, Kind: CutShort, Missing: max(0, cut.Want-f.Layout.Size)}
	switch {
	case cut.Want == 0:
		p.Text = "cut off within its header"
	case cut.Layout == nil:
		p.Text = fmt.Sprintf("cut off within its header: at least %s bytes missing", Grouped(p.Missing))
	default:
		p.Text = fmt.Sprintf("cut off: %s of %s bytes missing", Grouped(p.Missing), Grouped(cut.Want))
	}
	x.report.Problems = append(x.report.Problems, p)
	return cut.Layout, nil
}

// standIn notes what lies where a model was meant to be.
func (x *inspection) standIn(path string, s *formats.StandIn) {
	switch {
	case !s.LFS:
		x.problem(path, HTMLPage, "a web page, not a model: the download asked for a login or the address was wrong")
	case s.Size > 0:
		x.problem(path, LFSPointer, fmt.Sprintf("a Git LFS pointer to %s bytes: `git lfs pull` fetches them", Grouped(s.Size)))
	default:
		x.problem(path, LFSPointer, "a Git LFS pointer: `git lfs pull` fetches the file")
	}
}

// Grouped is a number with commas: "1,000".
func Grouped(n int64) string {
	digits := fmt.Sprint(n)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// addTensors takes the tensors of a file.
func (x *inspection) addTensors(path string, l *formats.Layout) {
	if x.seen == nil {
		x.seen, x.has = map[string]bool{}, map[[2]string]bool{}
	}
	x.seen[path] = true
	for _, t := range l.Tensors {
		x.bytes += t.Len
		if x.set.index != nil {
			x.has[[2]string{path, t.Name}] = true
		}
		if x.options.Tensors {
			shape := t.Shape
			if shape == nil {
				shape = []int64{}
			}
			x.report.Tensors = append(x.report.Tensors, Tensor{t.Name, string(t.DType), shape, t.Off, t.Len, path})
		}
	}
	x.tensors = append(x.tensors, l.Tensors...)
}

// header reads what the header says besides tensors: of GGUF once, for tokenizers are long.
func (x *inspection) header(f io.ReaderAt, l *formats.Layout) error {
	if x.kvs != nil {
		return nil
	}
	if l.Format == "gguf" {
		x.kvs = map[string]any{}
		if err := gguf.EachKV(f, l.Size, x.pair); err != nil {
			return err
		}
	}
	if x.options.Metadata && x.report.Metadata == nil {
		return x.listMetadata(f, l)
	}
	return nil
}

// pair keeps a pair of a GGUF's header: of a list, as the words of a tokenizer, its length.
func (x *inspection) pair(kv gguf.KV) error {
	switch list := kv.Value.(type) {
	case []string:
		x.kvs[kv.Key] = len(list)
	default:
		if kv.Type != gguf.Array {
			x.kvs[kv.Key] = kv.Value
		}
	}
	return nil
}

// listMetadata lists the pairs of the first header that has some.
func (x *inspection) listMetadata(f io.ReaderAt, l *formats.Layout) error {
	keys, err := diff.HeaderKeys(f, l)
	for _, k := range keys {
		x.report.Metadata = append(x.report.Metadata, Key{k.Key, k.A})
	}
	return err
}
