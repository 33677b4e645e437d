package order

import (
	"os"
	"strings"

	"dits/formats"
	"dits/formats/imatrix"
	"dits/formats/names"
	"dits/repo/object"
)

// A class is what a file is to others. Files are added in the order of their classes.
type class int

const (
	importances class = iota // what quantisers weigh by
	adapters
	others // no model
	floats // models in full precision
	quants
)

// A file is what its header says.
type file struct {
	path    string
	format  string
	size    int64
	class   class
	bits    int64                     // of a number of most of the bytes; of models
	matrix  map[string]formats.Tensor // matrices in full precision, and the halves of adapters, by role
	halves  map[string]halves         // of adapters
	merges  int                       // models and adapters that it may be the merge of
	central bool                      // of its like the one that is most like all others
}

// halves are A and B of the change B·A of a matrix.
type halves struct{ a, b formats.Tensor }

// look reads a file's header.
func look(path string, open func(path string) (*os.File, error)) *file {
	f := &file{path: path, class: others}
	src, err := open(path)
	if err != nil {
		return f
	}
	defer src.Close()
	info, err := src.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return f
	}
	f.size = info.Size()
	layout, err := formats.Parse(src, f.size, path, object.Parsers...)
	if err != nil {
		return f
	}
	f.format = layout.Format
	if f.class = classOf(layout); f.class == others && isLegacyImportance(src, layout) {
		f.class = importances
	}
	f.note(layout)
	return f
}

// classOf is the class by the tensors.
func classOf(l *formats.Layout) class {
	var factors, sums int
	var full, packed int64
	for _, t := range l.Tensors {
		switch _, part, ok := names.Factor(t.Name); {
		case ok && part != names.Magnitude:
			factors++
		case strings.HasSuffix(t.Name, imatrix.SumsSuffix):
			sums++
		}
		if _, ok := fullBits[t.DType]; ok {
			full += t.Len
		} else {
			packed += t.Len
		}
	}
	switch {
	case len(l.Tensors) == 0:
		return others
	case 2*sums >= len(l.Tensors):
		return importances
	case 2*factors >= len(l.Tensors):
		return adapters
	case full >= packed:
		return floats
	}
	return quants
}

// fullBits are the types of numbers in full precision, and their bits.
var fullBits = map[formats.DType]int64{"F64": 64, "F32": 32, "F16": 16, "BF16": 16}

// isLegacyImportance says that a file is an importance matrix as llama.cpp wrote them before GGUF.
func isLegacyImportance(src *os.File, l *formats.Layout) bool {
	if l.Format != "opaque" {
		return false
	}
	entries, err := imatrix.Parse(src, l.Size)
	return err == nil && len(entries) > 0
}

// note keeps of a layout what files are compared by.
func (f *file) note(l *formats.Layout) {
	if f.class != floats && f.class != adapters {
		return
	}
	f.matrix, f.halves = map[string]formats.Tensor{}, map[string]halves{}
	bytes := map[int64]int64{}
	for _, t := range l.Tensors {
		bits := fullBits[t.DType]
		bytes[bits] += t.Len
		if len(t.Shape) != 2 || bits == 0 {
			continue
		}
		module, part, ok := names.Factor(t.Name)
		if !ok {
			f.matrix[names.Role(t.Name)] = t
			continue
		}
		role := names.Role(module + ".weight")
		h := f.halves[role]
		switch part {
		case names.FactorA:
			h.a = t
		case names.FactorB:
			h.b = t
		}
		f.halves[role] = h
	}
	for bits, n := range bytes {
		if n > bytes[f.bits] || n == bytes[f.bits] && bits > f.bits {
			f.bits = bits
		}
	}
}
