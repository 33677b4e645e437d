package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"dits/formats"
	"dits/formats/safetensors"
	"dits/tensorstore/codec"
)

// paths names two safetensors files, the second made from the first.
type paths struct{ base, tuned string }

// String is how tables name the pair: the folder, and both.
func (p paths) String() string {
	stem := func(s string) string { return strings.TrimSuffix(filepath.Base(s), ".safetensors") }
	return filepath.Base(filepath.Dir(p.tuned)) + "/" + stem(p.base) + " → " + stem(p.tuned)
}

// findPairs lists the files of a folder that are as long as its base.safetensors, each with the
// base: its full fine-tunes and merges.
func findPairs(dir string) ([]paths, error) {
	if dir == "" {
		return nil, nil
	}
	base := filepath.Join(dir, "base.safetensors")
	want, err := os.Stat(base)
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.safetensors"))
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	var out []paths
	for _, f := range files {
		st, err := os.Stat(f)
		if err != nil {
			return nil, err
		}
		if f != base && st.Size() == want.Size() {
			out = append(out, paths{base, f})
		}
	}
	return out, nil
}

// A piece is what a coder codes at a time: a tensor, or a file whose elem is
// codec.Bytes. Decoders get it without data.
type piece struct {
	data  []byte
	base  []byte // of the same length for a tensor; nil: coded alone
	elem  codec.Elem
	width int64 // elements in a row, 0: no matrix
}

// An input is a pair as coders see it: up to a limit of bytes of it.
type input struct {
	tensors   []piece // those that differ from the base
	file      piece   // all bytes, from the first
	bytes     int64   // of all tensors, changed or not
	elements  int64
	identical int64 // bytes of tensors that are the same in the base
}

var elems = map[formats.DType]codec.Elem{
	"BF16": codec.BF16, "F16": codec.F16, "F32": codec.F32, "F64": codec.F64,
	"F8_E4M3": codec.E4M3, "F8_E5M2": codec.E5M2, "I8": codec.I8, "I16": codec.I16, "I32": codec.I32, "I64": codec.I64,
}

// load reads whole tensors of a pair until limit bytes are reached; base may be "".
func load(base, tuned string, limit int64) (*input, error) {
	f, layout, err := open(tuned)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	relatives := map[string]piece{}
	if base != "" {
		if relatives, err = readAll(base, limit); err != nil {
			return nil, err
		}
	}
	in := &input{}
	for _, s := range layout.Segments {
		if s.Kind != formats.Data || in.bytes > 0 && in.bytes+s.Len > limit {
			continue
		}
		t := layout.Tensors[s.Tensor]
		p, err := read(f, s, t)
		if err != nil {
			return nil, err
		}
		in.add(p, relatives[t.Name])
	}
	in.file, err = readFile(base, tuned, limit)
	return in, err
}

// add counts a tensor, and keeps it unless the base has the same bytes.
func (in *input) add(p, relative piece) {
	in.bytes += int64(len(p.data))
	in.elements += int64(len(p.data) / p.elem.Size())
	if relative.elem == p.elem && len(relative.data) == len(p.data) {
		p.base = relative.data
	}
	if p.base != nil && bytes.Equal(p.base, p.data) {
		in.identical += int64(len(p.data))
		return
	}
	in.tensors = append(in.tensors, p)
}

func open(path string) (*os.File, *formats.Layout, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	st, err := f.Stat()
	if err == nil {
		var l *formats.Layout
		if l, err = formats.Parse(f, st.Size(), path, safetensors.Parser{}); err == nil {
			if l.Format == "safetensors" {
				return f, l, nil
			}
			err = fmt.Errorf("%s: got %s, want safetensors: %s", path, l.Format, l.Warning)
		}
	}
	f.Close()
	return nil, nil, err
}

// readAll is the tensors of a file by name, up to limit bytes.
func readAll(path string, limit int64) (map[string]piece, error) {
	f, layout, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	out := map[string]piece{}
	var total int64
	for _, s := range layout.Segments {
		if s.Kind != formats.Data || total > 0 && total+s.Len > limit {
			continue
		}
		t := layout.Tensors[s.Tensor]
		if out[t.Name], err = read(f, s, t); err != nil {
			return nil, err
		}
		total += s.Len
	}
	return out, nil
}

func read(f io.ReaderAt, s formats.Segment, t formats.Tensor) (piece, error) {
	p := piece{data: make([]byte, s.Len), elem: elems[t.DType]}
	if n := len(t.Shape); n >= 2 {
		p.width = t.Shape[n-1]
	}
	return p, formats.ReadFull(f, p.data, s.Off)
}

// readFile is the first limit bytes of both files as they are.
func readFile(base, tuned string, limit int64) (p piece, err error) {
	head := func(path string) ([]byte, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return io.ReadAll(io.LimitReader(f, limit))
	}
	if p.data, err = head(tuned); err == nil && base != "" {
		p.base, err = head(base)
	}
	return p, err
}
