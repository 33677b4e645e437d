package inspect

import (
	"io"

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
		x.problem(e.Path, object.Damaged, "a link, want a file")
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
	if x.report.BigEndian, err = f.IsBigEndian(); err != nil {
		return err
	}
	x.addTensors(e.Path, layout)
	return x.header(formats.Filled(f, f.Layout.Size), layout)
}

// opaque says why a file is no model, and how it would be cut if it were whole.
func (x *inspection) opaque(e *diff.Entry, f *object.File) (*formats.Layout, error) {
	flaw, err := f.Flaw(e.Path)
	if flaw == nil || err != nil {
		return nil, err
	}
	x.report.Problems = append(x.report.Problems, Problem{e.Path, flaw.Kind, flaw.Text, flaw.Missing})
	if flaw.Format != "" {
		x.report.Format = flaw.Format
	}
	return flaw.Layout, nil
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
