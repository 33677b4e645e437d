package diff

import (
	"io"

	"dits/repo/object"
)

// comparing is the pass of [Of] in [Options.Progress]: the bytes of both sides.
const comparing = "comparing"

// start begins the pass over some pairs.
func (o Options) start(pairs []ModelPair) {
	var total int64
	for _, p := range pairs {
		total += p.size()
	}
	object.OrQuiet(o.Progress).Start(comparing, total)
}

// size is that of both sides.
func (p ModelPair) size() (n int64) {
	for _, m := range []*model{p.A, p.B} {
		if m != nil {
			n += m.Size()
		}
	}
	return n
}

// pass counts a pair of tensors that is done.
func (o Options) pass(p TensorPair, a, b *object.File) {
	var n int64
	if p.A >= 0 {
		n += a.Layout.Tensors[p.A].Len
	}
	if p.B >= 0 {
		n += b.Layout.Tensors[p.B].Len
	}
	object.OrQuiet(o.Progress).Add(n)
}

// watched is r, whose bytes count as they are read.
func (o Options) watched(r io.ReaderAt) io.ReaderAt {
	if o.Progress == nil || r == nil {
		return r
	}
	return counted{r, o.Progress}
}

type counted struct {
	io.ReaderAt
	progress object.Progress
}

// ReadAt implements [io.ReaderAt].
func (c counted) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, off)
	c.progress.Add(int64(n))
	return n, err
}
