// Package imatrix reads importance matrices in the form that llama.cpp's imatrix tool wrote until
// 2025 (.imatrix, .dat): how much each column of a weight matrix matters, for the quantiser. Call
// [Parse]. The newer form is GGUF, whose tensors are found by package gguf; see [SumsSuffix].
//
// The bytes, numbers as int32 and float32, little endian:
//
//	count    of entries
//	each     length of the name, name, calls, count of values, values
//	rest     last chunk, length of a name, name of the data set; may be missing
//
// A value is the sum of squares of activations over calls (load_legacy_imatrix in llama.cpp's
// quantize.cpp, MIT, divides by that).
package imatrix

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// In a GGUF file a matrix is two tensors: the sums of squares, a row for each expert, and how many
// activations went into each row. Their names are the weight's with these ends.
const (
	SumsSuffix   = ".in_sum2"
	CountsSuffix = ".counts"
)

// MaxSize bounds a file: llama.cpp's largest are some 100 MB.
const MaxSize = 1 << 30

// maxName bounds the name of an entry, in bytes.
const maxName = 1 << 10

// maxEntries bounds the entries of a file.
const maxEntries = 1 << 17

// ErrNone means that a file is no importance matrix of this form.
var ErrNone = errors.New("not an importance matrix")

// An Entry is what is known of one tensor.
type Entry struct {
	Name    string // of the tensor, as in GGUF
	Off     int64  // of the first value in the file
	Columns int64  // values
	Calls   int32  // what each value is to be divided by; 0 and less: 1
}

// Parse reads where the entries of a file of size bytes lie. It reads no values. The error is
// [ErrNone], with what is wrong and where, for anything else than such a file.
func Parse(src io.ReaderAt, size int64) ([]Entry, error) {
	p := &parser{src: src, size: size}
	n := p.number()
	if p.err == nil && (n < 1 || n > maxEntries || size > MaxSize) {
		return nil, fmt.Errorf("%w: %d entries in %d bytes", ErrNone, n, size)
	}
	var all []Entry
	for i := int32(0); i < n && p.err == nil; i++ {
		all = append(all, p.entry())
	}
	if p.err != nil {
		return nil, p.err
	}
	return all, nil
}

// A parser takes numbers off a file and remembers its first error.
type parser struct {
	src  io.ReaderAt
	size int64
	off  int64
	err  error
}

func (p *parser) entry() Entry {
	name := p.bytes(p.length(maxName))
	e := Entry{Name: string(name), Calls: p.number()}
	n := p.length(MaxSize / 4)
	e.Off, e.Columns = p.off, n
	if p.err == nil && 4*n > p.size-p.off {
		p.err = fmt.Errorf("%w: offset %d: %d values of %q, but %d bytes are left", ErrNone, p.off, n, e.Name, p.size-p.off)
	}
	p.off += 4 * n
	return e
}

func (p *parser) number() int32 {
	b := p.bytes(4)
	if b == nil {
		return 0
	}
	return int32(binary.LittleEndian.Uint32(b))
}

// length is a number in [1, most].
func (p *parser) length(most int64) int64 {
	n := int64(p.number())
	if p.err == nil && (n < 1 || n > most) {
		p.err = fmt.Errorf("%w: offset %d: length %d, want 1 to %d", ErrNone, p.off-4, n, most)
	}
	if p.err != nil {
		return 0
	}
	return n
}

func (p *parser) bytes(n int64) []byte {
	if p.err != nil {
		return nil
	}
	b := make([]byte, n)
	if got, err := p.src.ReadAt(b, p.off); int64(got) < n {
		if err == nil || err == io.EOF {
			err = ErrNone
		}
		p.err = fmt.Errorf("%w: offset %d: %d bytes are missing", err, p.off+int64(got), n-int64(got))
		return nil
	}
	p.off += n
	return b
}
