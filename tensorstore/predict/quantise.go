package predict

import (
	"bytes"
	"fmt"
	"math/bits"

	"dits/formats/ggml"
	"dits/tensorstore/codec"
)

// maxGuided bounds the values of one chunk of quants: a mebibyte of the smallest type has fewer.
const maxGuided = 8 << 20

// A guide predicts blocks of a chunk by running a quantiser on its source again.
type guide struct {
	way       Way
	quantiser *ggml.Quantiser
	values    []float32    // of whole rows
	skip      int          // blocks of the first row that lie before the chunk
	blocks    int          // in the chunk
	scales    []ggml.Field // of a block
}

// Guide is what the coder of a chunk of n blocks, the first of which has index first, works with; nil but
// for Quantised predictions. It reads the rows of the source that the chunk has a part of, and holds
// them as float32.
func (p *Prediction) Guide(first int64, n int, open Opener) (codec.Guide, error) {
	if p.Kind != Quantised || n == 0 {
		return nil, nil
	}
	if first < 0 || first > p.Elements-int64(n) {
		return nil, fmt.Errorf("prediction: blocks [%d,+%d) of %d", first, n, p.Elements)
	}
	rows := (first+int64(n)-1)/p.Width - first/p.Width + 1
	count := rows * p.columns()
	if count > maxGuided+2*maxColumns {
		return nil, fmt.Errorf("prediction: %d values in a chunk, want at most %d", count, maxGuided)
	}
	q, err := p.quantiser(open)
	if err != nil {
		return nil, err
	}
	g := &guide{way: p.Recipe.Way, quantiser: q, skip: int(first % p.Width), blocks: n, scales: scaleFields(q.Type)}
	g.values, err = p.sourceValues(first/p.Width*p.columns(), int(count), open)
	return g, err
}

func scaleFields(t ggml.Type) (out []ggml.Field) {
	for _, f := range t.Fields() {
		if f.Kind.IsScale() {
			out = append(out, f)
		}
	}
	return out
}

// sourceValues reads n values of the source from the first-th on, which begin and end a block where the
// source has blocks.
func (p *Prediction) sourceValues(first int64, n int, open Opener) ([]float32, error) {
	src, err := p.source(open)
	if err != nil {
		return nil, err
	}
	return readValues(src, p.From, first, n)
}

// rowBytes is the length of a row of blocks.
func (g *guide) rowBytes() int {
	return g.quantiser.Columns / int(g.quantiser.Type.BlockElems()) * int(g.quantiser.Type.BlockBytes())
}

// Hints is what [codec.Guide] says.
func (g *guide) Hints() int {
	if g.way != Hinted {
		return 0
	}
	return g.blocks * g.groups()
}

// groups is how many hints a block has.
func (g *guide) groups() int {
	return int(g.quantiser.Type.BlockElems()) / g.quantiser.Type.HintElems()
}

// Find is what [codec.Guide] says. A hint is one more than the number of the candidate that the search
// accepted last, 0 for none: with what it accepted before, which moves the later ones a little, the guess
// would be right of a few more blocks, and take twice the bytes.
func (g *guide) Find(hints, _ []byte) {
	if g.way != Hinted {
		return
	}
	row := make([]byte, g.rowBytes())
	accepted := make([]uint64, g.quantiser.Columns/g.quantiser.Type.HintElems())
	skip := g.skip * g.groups()
	for values := g.values; len(values) > 0 && len(hints) > 0; values = values[g.quantiser.Columns:] {
		_ = g.quantiser.Hints(row, values[:g.quantiser.Columns], accepted)
		n := min(len(hints), len(accepted)-skip)
		for i := range n {
			hints[i] = byte(bits.Len64(accepted[skip+i]))
		}
		hints, skip = hints[n:], 0
	}
}

// Guess is what [codec.Guide] says.
func (g *guide) Guess(dst, hints []byte) bool {
	if g.way == Rounded {
		return false
	}
	var accepted []uint64
	if g.way == Hinted {
		accepted = make([]uint64, g.quantiser.Columns/g.quantiser.Type.HintElems())
	}
	row, skip := make([]byte, g.rowBytes()), g.skip*int(g.quantiser.Type.BlockBytes())
	for values := g.values; len(values) > 0 && len(dst) > 0; values = values[g.quantiser.Columns:] {
		if g.way == Hinted {
			hints = hints[readHints(accepted, hints, skip/int(g.quantiser.Type.BlockBytes())*g.groups()):]
			_ = g.quantiser.Hinted(row, values[:g.quantiser.Columns], accepted)
		} else {
			_ = g.quantiser.Rows(row, values[:g.quantiser.Columns])
		}
		dst = dst[copy(dst, row[skip:]):]
		skip = 0
	}
	return true
}

// readHints sets those of a row from the one at skip on, as far as there are hints, and returns how many
// there were.
func readHints(accepted []uint64, hints []byte, skip int) int {
	clear(accepted)
	n := min(len(hints), len(accepted)-skip)
	for i, h := range hints[:n] {
		accepted[skip+i] = 1 << h >> 1
	}
	return n
}

// Settle is what [codec.Guide] says. Runs of blocks whose scales are not as guessed are rounded together.
func (g *guide) Settle(dst, guess []byte) {
	size, elems := int(g.quantiser.Type.BlockBytes()), int(g.quantiser.Type.BlockElems())
	values := g.values[g.skip*elems:]
	for i := 0; i < g.blocks; {
		j := i
		for j < g.blocks && (guess == nil || !g.sameScales(dst[j*size:][:size], guess[j*size:][:size])) {
			j++
		}
		if j > i {
			_ = g.quantiser.Type.Round(dst[i*size:j*size], values[i*elems:j*elems])
		}
		i = j + 1
	}
}

func (g *guide) sameScales(a, b []byte) bool {
	for _, f := range g.scales {
		if !bytes.Equal(a[f.Off:f.Off+f.Len], b[f.Off:f.Off+f.Len]) {
			return false
		}
	}
	return true
}
