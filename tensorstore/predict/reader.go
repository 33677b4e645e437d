package predict

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"dits/tensorstore/digest"
)

var errShort = errors.New("prediction: truncated")

// A reader takes varints and bytes off untrusted input and remembers its first error.
type reader struct {
	rest []byte
	err  error
}

// end is the first error, one too where anything is left.
func (r *reader) end() error {
	if r.err == nil && len(r.rest) != 0 {
		r.err = fmt.Errorf("prediction: %d bytes after its end", len(r.rest))
	}
	return r.err
}

func (r *reader) uvarint(max uint64) uint64 {
	if r.err != nil {
		return 0
	}
	v, n := binary.Uvarint(r.rest)
	switch {
	case n <= 0:
		r.err = errShort
		return 0
	case v > max:
		r.err = fmt.Errorf("prediction: number %d, want at most %d", v, max)
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// flag is a byte that [appendFlag] wrote.
func (r *reader) flag() bool {
	v := r.byte()
	if v > 1 {
		r.err = fmt.Errorf("prediction: flag %d is not known to this version of dits", v)
	}
	return v == 1
}

func (r *reader) float32() float32 {
	if b := r.bytes(4); b != nil {
		return math.Float32frombits(binary.LittleEndian.Uint32(b))
	}
	return 0
}

func (r *reader) bytes(n uint64) []byte {
	if r.err == nil && n > uint64(len(r.rest)) {
		r.err = errShort
	}
	if r.err != nil {
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

// block is bytes that [appendBlock] wrote.
func (r *reader) block() []byte { return r.bytes(r.uvarint(math.MaxInt64)) }

func (r *reader) digest() (id digest.ID) {
	copy(id[:], r.bytes(digest.Size))
	return id
}

func (r *reader) sources() []digest.ID {
	n := r.uvarint(uint64(len(r.rest)) / digest.Size)
	var ids []digest.ID
	for range n {
		ids = append(ids, r.digest())
	}
	return ids
}

func appendFlag(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

func appendFloat32(b []byte, v float32) []byte {
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
}

// appendBlock appends bytes after their number.
func appendBlock(b, block []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(block))), block...)
}
