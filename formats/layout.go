// Package formats describes model files without knowing a store: a parser turns
// a file into a [Layout], the list of byte ranges that it consists of and the
// tensors among them. Call [Parse] first. The parsers themselves are in the
// packages below this one and are handed in.
package formats

import "strconv"

// A Kind says what a segment of a file holds.
type Kind uint8

// Segment kinds. The numbers are written to manifests: never reuse one.
const (
	Header  Kind = 1 // names, shapes, metadata
	Padding Kind = 2 // bytes between tensors that alignment asks for
	Data    Kind = 3 // the elements of one tensor
	Opaque  Kind = 4 // bytes nothing is known about
)

// String returns the kind in one lower-case word, as in "header".
func (k Kind) String() string {
	switch k {
	case Header:
		return "header"
	case Padding:
		return "padding"
	case Data:
		return "data"
	case Opaque:
		return "opaque"
	}
	return "kind " + strconv.Itoa(int(k))
}

// A Segment is a run of a file's bytes, Len > 0.
type Segment struct {
	Kind     Kind
	Off, Len int64 // bytes from the start of the file
	Tensor   int   // index into Layout.Tensors when Kind is Data, else -1
}

// A Tensor is a named, typed array as its file format describes it.
type Tensor struct {
	Name     string
	DType    DType
	Shape    []int64 // outermost dimension first, in every format; empty for a scalar
	Off, Len int64   // bytes from the start of the file; Len is 0 for an empty tensor
}

// A Layout tiles its file: every byte belongs to exactly one [Segment], in
// file order. Rebuilding a file is therefore concatenation, and bit-exactness
// does not depend on understanding the header. A tensor of no bytes has no segment.
type Layout struct {
	Format   string // "safetensors", "gguf" or "opaque"
	Size     int64  // bytes
	Segments []Segment
	Tensors  []Tensor // GGUF: in the order of the header; safetensors: by offset
	Warning  string   // why a file that claims a format is stored as opaque, else ""
}

// DataSegments returns for each tensor the segment that is its bytes, -1 for one that has none.
// The layout has to be valid.
func (l *Layout) DataSegments() []int {
	segments := make([]int, len(l.Tensors))
	for i := range segments {
		segments[i] = -1
	}
	for i, s := range l.Segments {
		if s.Kind == Data {
			segments[s.Tensor] = i
		}
	}
	return segments
}
