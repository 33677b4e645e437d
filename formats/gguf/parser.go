// Package gguf reads the header and the layout of GGUF files, versions 2 and 3,
// of either byte order. Hand [Parser] to formats.Parse, or call [ReadHeader] for
// the metadata.
//
//	bytes   what
//	4       "GGUF"
//	4       version, uint32: 2 or 3; its byte order is that of everything below
//	8       tensors, uint64
//	8       key-value pairs, uint64
//	…       each pair: key (string), value type (uint32), value
//	…       each tensor: name (string), dimensions (uint32, at most 4), that many
//	        sizes (uint64, innermost first), ggml type (uint32), offset (uint64)
//	0…      padding to general.alignment (32 without that key)
//	…       the data section: tensors at their offsets from here, each a multiple
//	        of the alignment
//
// A string is a uint64 length and that many bytes; an array is an element type
// (uint32), a count (uint64) and the elements. The rules are those of llama.cpp's
// gguf.cpp and of gguf-py 0.19.0, which differ; docs/formats.md lists which this
// package follows. It does not read elements.
package gguf

import (
	"bytes"
	"cmp"
	"io"
	"math"
	"path"
	"slices"
	"strings"

	"dits/formats"
)

const magic = "GGUF"

// A Parser reads GGUF files.
type Parser struct{}

var (
	_ formats.Parser   = Parser{}
	_ formats.Measurer = Parser{}
)

// Name returns "gguf".
func (Parser) Name() string { return "gguf" }

// Claims reports whether the file starts with the magic bytes or the path ends in
// .gguf, in any case.
func (Parser) Claims(head []byte, name string) bool {
	return bytes.HasPrefix(head, []byte(magic)) || strings.EqualFold(path.Ext(name), ".gguf")
}

// Parse returns a header segment, the tensors in the order of the header, and
// what lies between them: padding up to the next multiple of the alignment,
// and opaque bytes where a file has more. It reads the header only.
func (Parser) Parse(r io.ReaderAt, size int64) (*formats.Layout, error) {
	h, err := readHeader(newReader(r, size), false)
	if err == nil {
		err = h.placeTensors(size)
	}
	if err != nil {
		return nil, err
	}
	t := tiler{
		align: h.Alignment,
		base:  h.DataOff,
		l: &formats.Layout{
			Format:   "gguf",
			Size:     size,
			Segments: []formats.Segment{{Kind: formats.Header, Len: h.Len, Tensor: -1}},
			Tensors:  h.Tensors,
		},
	}
	for _, i := range byOffset(h.Tensors) {
		if err := t.place(i); err != nil {
			return nil, err
		}
	}
	t.fill(size)
	return t.l, nil
}

// Extent is where the last tensor ends by the header. That of a file whose header is cut off cannot be told.
func (Parser) Extent(r io.ReaderAt, size int64) (int64, error) {
	if size < int64(len(magic)) {
		return 0, formats.Truncated(size, "magic: got %d bytes, want %d", size, len(magic))
	}
	h, err := readHeader(newReader(r, size), false)
	if err != nil {
		return 0, err
	}
	end := h.Len
	for _, t := range h.Tensors {
		if t.Off > math.MaxInt64-h.DataOff-t.Len {
			return 0, formats.Damaged(h.Len, "data at %d+%d: want an end below 2^63", t.Off, t.Len).In(t.Name)
		}
		end = max(end, h.DataOff+t.Off+t.Len)
	}
	return end, nil
}

// byOffset returns the indices of the tensors in the order of their data, empty
// tensors before the one that starts where they are.
func byOffset(tensors []formats.Tensor) []int {
	order := make([]int, len(tensors))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(tensors[a].Off, tensors[b].Off), cmp.Compare(tensors[a].Len, tensors[b].Len))
	})
	return order
}

// A tiler appends segments to a layout, from the header to the end of the file.
type tiler struct {
	l     *formats.Layout
	align int64 // a power of two
	base  int64 // where the data section starts: what padding is reckoned from
}

// end returns where the last segment ends.
func (t *tiler) end() int64 {
	last := t.l.Segments[len(t.l.Segments)-1]
	return last.Off + last.Len
}

// place appends the data segment of tensor i, and what is missing before it.
func (t *tiler) place(i int) error {
	x := t.l.Tensors[i]
	if x.Len == 0 {
		return nil
	}
	if end := t.end(); x.Off < end {
		return formats.Damaged(x.Off, "data range [%d,%d) overlaps what ends at %d", x.Off, x.Off+x.Len, end).In(x.Name)
	}
	t.fill(x.Off)
	t.add(formats.Segment{Kind: formats.Data, Off: x.Off, Len: x.Len, Tensor: i})
	return nil
}

// fill appends what lies between the last segment and to: padding as far as the
// alignment asks for it, and opaque bytes from there on.
func (t *tiler) fill(to int64) {
	end := t.end()
	padded := t.base
	if end > t.base {
		padded += (end - t.base + t.align - 1) &^ (t.align - 1)
	}
	padded = min(padded, to)
	t.add(formats.Segment{Kind: formats.Padding, Off: end, Len: padded - end, Tensor: -1})
	t.add(formats.Segment{Kind: formats.Opaque, Off: padded, Len: to - padded, Tensor: -1})
}

func (t *tiler) add(s formats.Segment) {
	if s.Len > 0 {
		t.l.Segments = append(t.l.Segments, s)
	}
}
