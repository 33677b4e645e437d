package predict

import (
	"fmt"
	"io"
	"math"

	"dits/tensorstore/codec"
)

const (
	// MaxSources bounds those of a combination.
	MaxSources = 4
	// maxCoef bounds the magnitude of a coefficient: far more than any merge or extrapolation has.
	maxCoef = 1 << 16
	// combineBlock is how many elements are combined at once.
	combineBlock = 1024
)

// combined is the rule of [Combined]: a sum of sources, each times a coefficient.
type combined struct{ plain }

func (combined) check(p *Prediction) error {
	if !HasCombination(p.From, p.Elem) {
		return fmt.Errorf("prediction: no combination of element type %d to %d", p.From, p.Elem)
	}
	return nil
}

// A Combination is a tensor as the sum of others, each times a coefficient, rounded to
// the nearest of its element type, ties to even. A sum that is not a number is predicted
// to be the first source's element.
type Combination struct {
	Order Order
	Coefs []float32 // one for each source
}

// HasCombination says that combinations of tensors of element type from to one of
// type to are defined.
func HasCombination(from, to codec.Elem) bool { return HasLowRank(from) && HasLowRank(to) }

// append appends the stored form of c.
//
//	order   1 byte
//	coefs   4 bytes each: the float32, little endian
func (c *Combination) append(b []byte) []byte {
	b = append(b, byte(c.Order))
	for _, v := range c.Coefs {
		b = appendFloat32(b, v)
	}
	return b
}

// parse reads what append wrote.
func (combined) parse(r *reader, p *Prediction) (Details, error) {
	c := &Combination{Order: Order(r.byte())}
	for range p.Sources {
		c.Coefs = append(c.Coefs, r.float32())
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	if int(c.Order) >= len(orders) {
		return nil, fmt.Errorf("prediction: combination of order %d is not known to this version of dits", c.Order)
	}
	for k, v := range c.Coefs {
		if !(math.Abs(float64(v)) <= maxCoef) {
			return nil, fmt.Errorf("prediction: coefficient %d is %g, want at most %d", k, v, maxCoef)
		}
	}
	return c, nil
}

func (combined) predict(p *Prediction, dst []byte, first int64, open Opener) error {
	srcs := make([]io.ReaderAt, len(p.Sources))
	for k, id := range p.Sources {
		var err error
		if srcs[k], err = open(id); err != nil {
			return err
		}
	}
	const block = 64 << 10 // elements read at once
	bufs := make([][]byte, len(srcs))
	out := make([]byte, min(block*p.Elem.Size(), len(dst)+p.Elem.Size()))
	for len(dst) > 0 {
		n := min(block, (len(dst)+p.Elem.Size()-1)/p.Elem.Size())
		for k, src := range srcs {
			if bufs[k] == nil {
				bufs[k] = make([]byte, n*p.From.Size())
			}
			bufs[k] = bufs[k][:n*p.From.Size()]
			if err := readFull(src, bufs[k], first*int64(p.From.Size())); err != nil {
				return err
			}
		}
		p.By.(*Combination).Apply(out[:n*p.Elem.Size()], p.Elem, bufs, p.From)
		dst = dst[copy(dst, out[:n*p.Elem.Size()]):]
		first += int64(n)
	}
	return nil
}

// Apply fills dst, elements of type to, with the combination of as many elements of each
// source, of type from.
func (c *Combination) Apply(dst []byte, to codec.Elem, srcs [][]byte, from codec.Elem) {
	var a adder
	part := make([][]byte, len(srcs))
	for at := 0; at < len(dst)/to.Size(); at += combineBlock {
		n := min(combineBlock, len(dst)/to.Size()-at)
		for k, s := range srcs {
			part[k] = s[at*from.Size():][:n*from.Size()]
		}
		a.add(c, part, from, n)
		store(dst[at*to.Size():][:n*to.Size()], to, a.sum[:n], part[0], from)
	}
}

// An adder combines a block.
type adder struct {
	sum, first, val [combineBlock]float32
}

// add sets sum to the combination of n elements, not yet rounded to their type unless the order says so.
func (a *adder) add(c *Combination, srcs [][]byte, from codec.Elem, n int) {
	do := orders[c.Order]
	sum, first, val := a.sum[:n], a.first[:n], a.val[:n]
	load(first, srcs[0], from)
	for k := range srcs {
		if k == 0 && do.deltas {
			continue // it comes last
		}
		load(val, srcs[k], from)
		if do.deltas {
			subtract(val, first)
			roundIf(do.delta, val, from)
		}
		scale(val, c.Coefs[k])
		roundIf(do.products, val, from)
		if k == 0 || do.deltas && k == 1 {
			copy(sum, val)
			continue
		}
		add(sum, val)
		roundIf(do.sums, sum, from)
	}
	if do.deltas {
		scale(first, c.Coefs[0])
		roundIf(do.products, first, from)
		add(sum, first)
		roundIf(do.sums, sum, from)
	}
	if do.divides {
		divide(sum, c.total())
	}
}

// total is the sum of the coefficients.
func (c *Combination) total() float32 {
	t := float32(0)
	for _, v := range c.Coefs {
		t += v
	}
	return t
}
