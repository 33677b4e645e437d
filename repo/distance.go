package repo

import (
	"context"
	"io"
	"math"
	"slices"

	"dits/formats"
)

const (
	sampledTensors  = 4    // of a file, to tell how far another one is
	sampledElements = 4096 // of each of them
	sampleAlign     = 256  // a multiple of the elements of every quant block
)

// sampledDistance is how far the file me, whose bytes are src, is from r: the relative
// difference of a few thousand weights of the tensors that both have; infinite when
// there is nothing to compare. It costs decoding a chunk or two for each tensor.
func (r *Repo) sampledDistance(ctx context.Context, me *member, src io.ReaderAt, other *member) (float64, error) {
	var diff, base float64
	for _, pair := range me.pairs(other) {
		a, b := me.tensor(pair[0]), other.tensor(pair[1])
		blob, err := r.Store.Blob(other.file.Blobs[pair[1]])
		if isLost(err) {
			return math.Inf(1), nil
		}
		if err != nil {
			return 0, err
		}
		n := elementsOf(a.Shape)
		at := max(n/2-sampledElements/2, 0)
		mine, ok1 := operandAt(src, a.Off, a.DType, at)
		theirs, ok2 := operandAt(blob, 0, b.DType, at)
		if !ok1 || !ok2 {
			continue
		}
		c, err := Compare(ctx, mine, theirs, min(n-at/sampleAlign*sampleAlign, sampledElements), 1)
		if isLost(err) {
			return math.Inf(1), nil
		}
		if err != nil {
			return 0, err
		}
		if c.DiffSq-c.DiffSq == 0 && c.BaseSq-c.BaseSq == 0 { // finite
			diff, base = diff+c.DiffSq, base+c.BaseSq
		}
	}
	if base == 0 {
		return math.Inf(1), nil
	}
	return diff / base, nil
}

// pairs are segments of me and of other with the same role and shape, spread over the
// larger tensors.
func (me *member) pairs(other *member) [][2]int {
	var all [][2]int
	for role, segments := range me.roles {
		for _, i := range segments {
			t := me.tensor(i)
			for _, j := range other.like(role, t)[:min(1, len(other.like(role, t)))] {
				if slices.Equal(other.tensor(j).Shape, t.Shape) {
					all = append(all, [2]int{i, j})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b [2]int) int {
		if x, y := me.tensor(a[0]).Len, me.tensor(b[0]).Len; x != y {
			return int(min(max(y-x, -1), 1))
		}
		return a[0] - b[0]
	})
	all = all[:(len(all)+1)/2]
	var some [][2]int
	for k := range min(sampledTensors, len(all)) {
		some = append(some, all[k*len(all)/min(sampledTensors, len(all))])
	}
	return some
}

// operandAt is a tensor that starts at off, from the quant block on that holds element at.
func operandAt(r io.ReaderAt, off int64, d formats.DType, at int64) (Operand, bool) {
	elems, bytes, ok := d.Block()
	if !ok {
		return Operand{}, false
	}
	return Operand{R: r, Off: off + at/sampleAlign*sampleAlign/elems*bytes, DType: d}, true
}
