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

// stretch is about how many values of the source are held as float32 at once.
const stretch = 16 << 10

// A guide predicts blocks of a chunk by running a quantiser on its source again.
type guide struct {
	way       Way
	quantiser *ggml.Quantiser
	elem      codec.Elem   // of the source
	source    []byte       // elements of whole rows
	rows      int          // of the source
	skip      int          // blocks of the first row that lie before the chunk
	blocks    int          // in the chunk
	scales    []ggml.Field // of a block
	values    []float32    // scratch
}

// Guide is what the coder of a chunk of n blocks, the first of which has index first, works with; nil but
// for Quantised predictions. It reads the rows of the source that the chunk has a part of.
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
	g := &guide{way: p.By.(*Recipe).Way, quantiser: q, elem: p.From, rows: int(rows), skip: int(first % p.Width), blocks: n, scales: scaleFields(q.Type)}
	g.source, err = p.sourceRows(first/p.Width, rows, open)
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

// sourceRows reads n rows of the source from the first-th on; they are not to be changed.
func (p *Prediction) sourceRows(first, n int64, open Opener) ([]byte, error) {
	per := perElement(p.From)
	if first*p.columns()%per != 0 || n*p.columns()%per != 0 {
		return nil, fmt.Errorf("prediction: rows of %d values from blocks of %d", p.columns(), per)
	}
	src, err := p.source(open)
	if err != nil {
		return nil, err
	}
	size := int64(p.From.Size())
	return view(src, first*p.columns()/per*size, int(n*p.columns()/per*size))
}

// at returns n values of the rows of the source from the first-th on. They are valid until the next call.
func (g *guide) at(first, n int) []float32 {
	per := int(perElement(g.elem))
	begin, end := first/per, (first+n+per-1)/per
	if cap(g.values) < (end-begin)*per {
		g.values = make([]float32, (end-begin)*per)
	}
	v := g.values[:(end-begin)*per]
	_ = decodeValues(v, g.source[begin*g.elem.Size():end*g.elem.Size()], g.elem)
	return v[first-begin*per:][:n]
}

// stretches calls do for all rows, some at a time, with their values.
func (g *guide) stretches(do func(values []float32)) {
	columns := g.quantiser.Columns
	some := max(stretch/columns, 1)
	for row := 0; row < g.rows; row += some {
		do(g.at(row*columns, min(some, g.rows-row)*columns))
	}
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
func (g *guide) Find(hints []byte) {
	if g.way != Hinted {
		return
	}
	skip := g.skip * g.groups()
	var blocks []byte
	var accepted []uint64
	g.stretches(func(values []float32) {
		blocks, accepted = g.room(blocks, len(values)), g.hintRoom(accepted, len(values))
		_ = g.quantiser.Hints(blocks, values, accepted)
		n := min(len(hints), len(accepted)-skip)
		for i := range n {
			hints[i] = byte(bits.Len64(accepted[skip+i]))
		}
		hints, skip = hints[n:], 0
	})
}

// room is blocks of n values, in b if it is large enough.
func (g *guide) room(b []byte, n int) []byte {
	n = n / g.quantiser.Columns * g.rowBytes()
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

// hintRoom is hints of n values, in h if it is large enough.
func (g *guide) hintRoom(h []uint64, n int) []uint64 {
	n /= g.quantiser.Type.HintElems()
	if cap(h) < n {
		return make([]uint64, n)
	}
	return h[:n]
}

// Guess is what [codec.Guide] says.
func (g *guide) Guess(dst, hints []byte) bool {
	if g.way == Rounded {
		return false
	}
	skip := g.skip
	var blocks []byte
	var accepted []uint64
	g.stretches(func(values []float32) {
		blocks = g.room(blocks, len(values))
		if g.way == Hinted {
			accepted = g.hintRoom(accepted, len(values))
			hints = hints[readHints(accepted, hints, skip*g.groups()):]
			_ = g.quantiser.Hinted(blocks, values, accepted)
		} else {
			_ = g.quantiser.Rows(blocks, values)
		}
		dst = dst[copy(dst, blocks[skip*int(g.quantiser.Type.BlockBytes()):]):]
		skip = 0
	})
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
	for i := 0; i < g.blocks; {
		j := i
		for j < g.blocks && (j-i)*elems < stretch && (guess == nil || !g.sameScales(dst[j*size:][:size], guess[j*size:][:size])) {
			j++
		}
		if j > i {
			_ = g.quantiser.Type.Round(dst[i*size:j*size], g.at((g.skip+i)*elems, (j-i)*elems))
		}
		i = max(j, i+1)
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
