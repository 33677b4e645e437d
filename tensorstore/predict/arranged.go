package predict

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"dits/tensorstore/digest"
)

// MaxStacked bounds the sources of an arrangement: the experts of a layer.
const MaxStacked = 1024

// minArranged is the shortest row, in values, of which some are read from elsewhere than the next: each is a
// read of its own.
const minArranged = 16

// arranged is the rule of [Arranged]: the rows of sources in another order, cut out or stacked.
type arranged struct{ plain }

// An Arrangement is the rows of a tensor as rows of its sources, which lie one after the other, all of
// the same size.
//
// llama.cpp turns the rotary embedding of queries and keys from halves into pairs: the rows of a head, seen
// as two halves of d/2 rows, are interleaved (LlamaModel.permute in its convert_hf_to_gguf.py:
// reshape(heads, 2, d/2, columns).swapaxes(1, 2)).
type Arrangement struct {
	Skip  int64 // elements of the source before the tensor's first, 0 with several sources
	Heads int64 // in how many runs of rows halves are interleaved; 0: rows keep their order
	Pairs bool  // the source has the pairs and the tensor the halves
}

// append appends the stored form of a.
//
//	skip    unsigned varint
//	heads   unsigned varint
//	pairs   1 byte, 0 or 1
func (a *Arrangement) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(a.Skip))
	b = binary.AppendUvarint(b, uint64(a.Heads))
	return appendFlag(b, a.Pairs)
}

// parse reads what append wrote.
func (arranged) parse(r *reader, p *Prediction) (Details, error) {
	a := &Arrangement{Skip: int64(r.uvarint(maxElements)), Heads: int64(r.uvarint(maxElements)), Pairs: r.flag()}
	if err := r.end(); err != nil {
		return nil, err
	}
	n := int64(len(p.Sources))
	switch {
	case n > 1 && (a.Skip != 0 || p.Elements%n != 0):
		return nil, fmt.Errorf("prediction: %d sources for %d elements, %d skipped", n, p.Elements, a.Skip)
	case a.Heads > 0 && (p.columns() < minArranged || p.Elements%(2*p.Width) != 0 || p.Elements/p.Width/2%a.Heads != 0):
		return nil, fmt.Errorf("prediction: %d heads for %d elements in rows of %d", a.Heads, p.Elements, p.Width)
	}
	return a, nil
}

// Row is the row of the sources that row i of rows is.
func (a *Arrangement) Row(i, rows int64) int64 {
	if a.Heads == 0 {
		return i
	}
	d := rows / a.Heads
	head, k := i/d*d, i%d
	if a.Pairs {
		return head + k%(d/2)*2 + k/(d/2)
	}
	return head + k%2*(d/2) + k/2
}

func (arranged) predict(p *Prediction, dst []byte, first int64, open Opener) error {
	a, size := p.By.(*Arrangement), int64(p.Elem.Size())
	run := p.Elements // elements of the tensor that lie together in the sources
	if a.Heads > 0 {
		run = p.Width
	}
	stacked := stack{open: open, sources: p.Sources, each: p.Elements / int64(len(p.Sources)) * size}
	if len(p.Sources) == 1 {
		stacked.each = math.MaxInt64
	}
	for len(dst) > 0 {
		i, j := first/run, first%run
		n := min(int64(len(dst)), (run-j)*size)
		at := a.Skip + a.Row(i, p.Elements/run)*run + j
		if err := stacked.read(dst[:n], at*size); err != nil {
			return err
		}
		dst, first = dst[n:], first+run-j
	}
	return nil
}

// A stack is blobs of the same length, one after the other.
type stack struct {
	open    Opener
	sources []digest.ID
	each    int64 // bytes
	opened  int   // one more than the index of last
	last    io.ReaderAt
}

// read fills dst with the bytes from off on.
func (s *stack) read(dst []byte, off int64) error {
	for len(dst) > 0 {
		k := int(off / s.each)
		if s.opened != k+1 {
			r, err := s.open(s.sources[k])
			if err != nil {
				return err
			}
			s.last, s.opened = r, k+1
		}
		n := min(int64(len(dst)), s.each-off%s.each)
		if err := readFull(s.last, dst[:n], off%s.each); err != nil {
			return err
		}
		dst, off = dst[n:], off+n
	}
	return nil
}
