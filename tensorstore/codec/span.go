package codec

import (
	"bytes"
	"iter"
	"slices"

	"dits/tensorstore/codec/entropy"
)

// runLen is the number of elements that one flag of a near-copy stands for.
const runLen = 256

// spans are the elements of a chunk that differ from their prediction, in whole
// runs. All, unless partial.
type spans struct {
	n       int    // elements of the chunk
	count   int    // elements in runs that differ
	partial bool   // some runs are the same as predicted
	same    []bool // for each run, if partial
}

// A block is up to blockLen elements from at on.
type block struct{ at, n int }

// all returns the spans of a chunk without a copied run.
func (s *scratch) all(n int) *spans {
	s.spans = spans{n: n, count: n, same: s.spans.same[:0]}
	return &s.spans
}

// changed returns the spans in which src and pred differ; all of it when flags
// for runs would not pay.
func (s *scratch) changed(src, pred []byte, size, n int) *spans {
	p := s.all(n)
	if pred == nil {
		return p
	}
	same := 0
	for at := 0; at < n; at += runLen {
		end := min(at+runLen, n)
		eq := bytes.Equal(src[at*size:end*size], pred[at*size:end*size])
		p.same = append(p.same, eq)
		if eq {
			same++
		}
	}
	if same*16 > len(p.same) && p.pays(src, pred, size, same) {
		p.setPartial()
	}
	return p
}

// pays compares what it takes to say which elements differ, with flags for runs
// and without: where changes are spread evenly, flags cost more than they save.
func (p *spans) pays(src, pred []byte, size, same int) bool {
	differ := 0
	for i, eq := range p.same {
		if eq {
			continue
		}
		for at := i * runLen; at < min((i+1)*runLen, p.n); at++ {
			if !bytes.Equal(src[at*size:(at+1)*size], pred[at*size:(at+1)*size]) {
				differ++
			}
		}
	}
	active := len(p.same) - same
	with := choose(active, len(p.same)) + choose(differ, min(active*runLen, p.n))
	return with < choose(differ, p.n)
}

// choose is about what it takes to say which k of n, in 1/65536 bits.
func choose(k, n int) uint64 {
	term := func(x int) uint64 { return uint64(x) * entropy.Log2(uint32(x)) }
	return term(n) - term(k) - term(n-k)
}

// setPartial makes the flags count.
func (p *spans) setPartial() {
	p.partial, p.count = true, 0
	for i, eq := range p.same {
		if !eq {
			p.count += min(runLen, p.n-i*runLen)
		}
	}
}

// blocks yields the elements that differ, in order. But for the last of the
// chunk blocks have a multiple of runLen elements.
func (p *spans) blocks() iter.Seq[block] {
	return func(yield func(block) bool) {
		for at := 0; at < p.n; {
			if p.partial && p.same[at/runLen] {
				at += runLen
				continue
			}
			end := min(at+blockLen, p.n)
			if p.partial {
				end = at
				for end < p.n && end < at+blockLen && !p.same[end/runLen] {
					end += runLen
				}
				end = min(end, p.n)
			}
			if !yield(block{at, end - at}) {
				return
			}
			at = end
		}
	}
}

// copy copies the runs that are the same.
func (p *spans) copy(dst, pred []byte, size int) {
	for i, eq := range p.same {
		if eq {
			at, end := i*runLen*size, min((i+1)*runLen, p.n)*size
			copy(dst[at:end], pred[at:end])
		}
	}
}

// append appends the flags.
func (p *spans) append(dst []byte) []byte { return entropy.AppendFlags(dst, p.same) }

// read reads the flags of a chunk of n elements and returns what follows them.
func (p *spans) read(in []byte, n int) ([]byte, error) {
	p.same = slices.Grow(p.same[:0], (n+runLen-1)/runLen)[:(n+runLen-1)/runLen]
	rest, err := entropy.ReadFlags(p.same, in)
	if err != nil {
		return nil, err
	}
	p.setPartial()
	return rest, nil
}
