// Package safetensors reads the layout of safetensors files, and the index of
// sharded ones. Hand [Parser] to formats.Parse, or call [ParseIndex].
//
//	offset  bytes  what
//	0       8      n, the length of the header, little endian, at most 100,000,000
//	8       n      JSON: {"name": {"dtype", "shape", "data_offsets": [start, end]}, …,
//	               "__metadata__": {string: string}}, UTF-8, padded with spaces
//	8+n     …      the tensors' elements, little endian, row-major, without a gap;
//	               data_offsets count from here
//
// The rules are those of safetensors 0.8.0 (src/tensor.rs). docs/formats.md lists
// where this package is stricter; everything it refuses is stored as opaque.
// It does not read elements.
package safetensors

import (
	"encoding/binary"
	"io"
	"path"
	"strings"

	"dits/formats"
)

const (
	lengthLen = 8           // the header's length comes first
	maxHeader = 100_000_000 // bytes, MAX_HEADER_SIZE upstream
)

// A Parser reads safetensors files.
type Parser struct{}

var (
	_ formats.Parser   = Parser{}
	_ formats.Guesser  = Parser{}
	_ formats.Measurer = Parser{}
)

// Name returns "safetensors".
func (Parser) Name() string { return "safetensors" }

// Claims reports whether the path ends in .safetensors, in any case. There is no
// magic number to look for.
func (Parser) Claims(_ []byte, name string) bool {
	return strings.EqualFold(path.Ext(name), ".safetensors")
}

// Guess reports whether the file starts with the length of a header that it has
// room for, and then a brace.
func (Parser) Guess(head []byte, size int64) bool {
	if len(head) <= lengthLen || head[lengthLen] != '{' {
		return false
	}
	n := binary.LittleEndian.Uint64(head)
	return n <= maxHeader && int64(n) <= size-lengthLen
}

// Parse returns a header segment and one data segment for each tensor of some
// bytes, tensors in the order of their offsets. It reads the header only.
func (Parser) Parse(r io.ReaderAt, size int64) (*formats.Layout, error) {
	n, err := headerLength(r, size)
	if err != nil {
		return nil, err
	}
	if n > size-lengthLen {
		return nil, formats.Truncated(0, "header length: got %d, want at most the %d bytes that follow", n, size-lengthLen)
	}
	tensors, err := readHeader(io.NewSectionReader(r, lengthLen, n))
	if err != nil {
		return nil, err
	}
	return layout(tensors, lengthLen+n, size)
}

// Extent is where the last tensor ends by the header; where that is cut off, where it should have ended, unless no header
// is as long as it says.
func (Parser) Extent(r io.ReaderAt, size int64) (int64, error) {
	said, err := saidLength(r, size)
	if err == nil && said > maxHeader && said > uint64(size-lengthLen) && !opensHeader(r) {
		return 0, formats.Truncated(size, "header length: got %d, want at most %d", said, size-lengthLen)
	}
	n, err := headerLength(r, size)
	if err != nil || n > size-lengthLen {
		return lengthLen + n, err
	}
	tensors, err := readHeader(io.NewSectionReader(r, lengthLen, n))
	if err != nil {
		return 0, err
	}
	end := lengthLen + n
	for _, t := range tensors {
		end = max(end, lengthLen+n+t.Off+t.Len)
	}
	return end, nil
}

// opensHeader says that a header begins where one should, whatever is said of its length.
func opensHeader(r io.ReaderAt) bool {
	var first [1]byte
	n, _ := r.ReadAt(first[:], lengthLen)
	return n == 1 && first[0] == '{'
}

// headerLength reads how long the header is.
func headerLength(r io.ReaderAt, size int64) (int64, error) {
	n, err := saidLength(r, size)
	if err == nil && n > maxHeader {
		err = formats.Damaged(0, "header length: got %d, want at most %d", n, maxHeader)
	}
	if err != nil {
		return 0, err
	}
	return int64(n), nil
}

// saidLength reads how long the header is said to be.
func saidLength(r io.ReaderAt, size int64) (uint64, error) {
	if size < lengthLen {
		return 0, formats.Truncated(size, "file length: got %d bytes, want at least %d", size, lengthLen)
	}
	var length [lengthLen]byte
	if err := formats.ReadFull(r, length[:], 0); err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(length[:]), nil
}

// layout places the tensors, given by data_offsets, behind dataOff.
func layout(tensors []formats.Tensor, dataOff, size int64) (*formats.Layout, error) {
	l := &formats.Layout{
		Format:   "safetensors",
		Size:     size,
		Segments: make([]formats.Segment, 1, 1+len(tensors)),
		Tensors:  tensors,
	}
	l.Segments[0] = formats.Segment{Kind: formats.Header, Len: dataOff, Tensor: -1}
	for i := range tensors {
		t := &tensors[i]
		if t.Len > size-dataOff-t.Off {
			return nil, formats.Truncated(size, "data range [%d,%d): want an end of at most %d",
				t.Off, t.Off+t.Len, size-dataOff).In(t.Name)
		}
		t.Off += dataOff
		if t.Len > 0 {
			l.Segments = append(l.Segments, formats.Segment{Kind: formats.Data, Off: t.Off, Len: t.Len, Tensor: i})
		}
	}
	last := l.Segments[len(l.Segments)-1]
	if end := last.Off + last.Len; end != size {
		return nil, formats.Damaged(end, "data after the last tensor: got %d bytes, want 0", size-end)
	}
	return l, nil
}
