package pack

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"dits/tensorstore/digest"
)

// A parser takes values from the front of an index. After its first error it
// returns zeros.
type parser struct {
	rest []byte
	size int
	err  error
}

// off is how far the parser came.
func (p *parser) off() int { return p.size - len(p.rest) }

func (p *parser) uvarint(what string, limit uint64) uint64 {
	if p.err != nil {
		return 0
	}
	v, n := binary.Uvarint(p.rest)
	if n <= 0 {
		p.err = fmt.Errorf("%s: %w", what, io.ErrUnexpectedEOF)
		return 0
	}
	if v > limit {
		p.err = fmt.Errorf("%s %d, want at most %d", what, v, limit)
		return 0
	}
	p.rest = p.rest[n:]
	return v
}

// count is a number of things that take at least size bytes each; more than the
// rest has room for is an error.
func (p *parser) count(what string, size int) uint64 {
	return p.uvarint(what, uint64(len(p.rest)/size))
}

func (p *parser) bytes(n int) []byte {
	if p.err == nil && len(p.rest) < n {
		p.err = io.ErrUnexpectedEOF
	}
	if p.err != nil {
		return make([]byte, n)
	}
	b := p.rest[:n]
	p.rest = p.rest[n:]
	return b
}

func (p *parser) id() digest.ID { return digest.ID(p.bytes(digest.Size)) }

// entry fills e but for its offset and prediction, and returns the number of
// the prediction.
func (p *parser) entry(e *Entry) (ref uint64) {
	e.Kind = Kind(p.uvarint("kind", math.MaxUint8))
	e.Encoding = uint8(p.uvarint("encoding", math.MaxUint8))
	e.ID = p.id()
	e.Len = int64(p.uvarint("payload length", MaxLen))
	e.RawLen = int64(p.uvarint("decoded length", MaxLen))
	ref = p.uvarint("prediction", math.MaxInt64)
	e.First = int64(p.uvarint("first element", math.MaxInt64))
	e.Depth = uint8(p.uvarint("depth", math.MaxUint8))
	e.Sum = binary.LittleEndian.Uint64(p.bytes(8))
	return ref
}
