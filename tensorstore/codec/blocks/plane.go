package blocks

import (
	"encoding/binary"
	"slices"

	"dits/tensorstore/codec/entropy"
)

// A planeCoding is one plane of the blocks of a list, in their order.
type planeCoding struct {
	*plane
	blocks []byte  // of the chunk: those before this plane are known
	pred   []byte  // predicted blocks, nil when the plane is coded alone
	same   bool    // the scales of pred are those of blocks
	list   []int32 // which blocks
	off    int     // size of context 0
}

// batchSymbols is at most how many elements of a plane are worked on at a time.
const batchSymbols = 8192

// A batch is what coding so many blocks takes.
type batch struct {
	sym, near, neg [batchSymbols]uint8 // elements, what is predicted, and whether differences are negated
	tok, tab       [batchSymbols]uint8 // symbols and their tables
	ctx            [batchSymbols]uint16
	halves, known  []byte // F16 numbers, and those predicted
	delta          []byte // their difference, coded
	steps, old     groupSteps
	sizes          [256]int16 // expected of the weights of a block
	vals           []int16    // a sample of them
}

// step is the number of blocks in a batch: their symbols, if pairs too, are a multiple of entropy.MaxLanes.
func (p *plane) step() int {
	unit := 1
	for p.n*unit%(2*entropy.MaxLanes) != 0 {
		unit *= 2
	}
	return batchSymbols / (p.n * unit) * unit
}

// lists yields the list in batches.
func (p *planeCoding) lists(yield func([]int32) bool) { slices.Chunk(p.list, p.step())(yield) }

// perSymbol is the number of elements that make up a symbol.
func (b *call) perSymbol(p *planeCoding) int {
	if p.pairs && p.pred == nil && !b.active() {
		return 2
	}
	return 1
}

// appendPlane appends a plane: the size of context 0 if sizes count, then tokens.
func (b *call) appendPlane(dst []byte, p planeCoding) []byte {
	if p.context == contextHalf {
		return b.appendHalves(dst, &p)
	}
	if b.sized(&p) {
		p.off = b.centre(&p)
		dst = binary.AppendVarint(dst, int64(p.off))
	}
	per := b.perSymbol(&p)
	b.enc.Tok = slices.Grow(b.enc.Tok[:0], len(p.list)*p.n/per)
	b.enc.Ctx = slices.Grow(b.enc.Ctx[:0], len(p.list)*p.n/per)
	for list := range p.lists {
		n := len(list) * p.n
		b.unpack(&p, b.sym[:n], p.blocks, list)
		sym := b.sym[:n]
		if p.pred != nil {
			b.expect(&p, list)
			difference(sym, b.near[:n], b.neg[:n], uint8(1<<p.bits-1))
		} else {
			b.contexts(&p, list, per)
			if per == 2 {
				join(b.tok[:n/2], sym, uint(p.bits))
				sym = b.tok[:n/2]
			}
		}
		b.enc.Tok = append(b.enc.Tok, sym...)
		b.enc.Ctx = append(b.enc.Ctx, b.ctx[:len(sym)]...)
	}
	return b.enc.Append(dst, b.numContexts(&p), 1<<(p.bits*per))
}

// readPlane reads what appendPlane wrote to p.blocks, which may be p.pred.
func (b *call) readPlane(enc []byte, p planeCoding) ([]byte, error) {
	if p.context == contextHalf {
		return b.readHalves(enc, &p)
	}
	if b.sized(&p) {
		off, k := binary.Varint(enc)
		if k <= 0 || off < -1<<16 || off > 1<<16 {
			return nil, errHeader
		}
		p.off, enc = int(off), enc[k:]
	}
	t := &b.dec
	enc, err := t.Open(enc, b.numContexts(&p))
	if err != nil {
		return nil, err
	}
	for list := range p.lists {
		if err := b.readBatch(t, &p, list); err != nil {
			return nil, err
		}
	}
	return enc, t.Close()
}

// readBatch reads the plane of the blocks of list.
func (b *call) readBatch(t *entropy.Decoder, p *planeCoding, list []int32) error {
	n, per := len(list)*p.n, b.perSymbol(p)
	if p.pred != nil {
		b.expect(p, list)
	} else {
		b.contexts(p, list, per)
	}
	sym := b.sym[:n]
	if per == 2 {
		sym = b.tok[:n/2]
	}
	t.Tables(b.tab[:len(sym)], b.ctx[:len(sym)])
	if err := t.Read(sym, b.tab[:len(sym)]); err != nil {
		return err
	}
	if per == 2 {
		unjoin(b.sym[:n], sym, uint(p.bits))
	} else if p.pred != nil {
		undo(sym, b.near[:n], b.neg[:n], uint8(1<<p.bits-1))
	}
	for i, k := range list {
		p.put(b.block(p.blocks, k), b.sym[i*p.n:][:p.n])
	}
	return nil
}

// unpack sets sym to the elements of the blocks of list.
func (b *call) unpack(p *planeCoding, sym, blocks []byte, list []int32) {
	for i, k := range list {
		p.take(sym[i*p.n:][:p.n], b.block(blocks, k))
	}
}

// difference sets sym to its difference to near, negated where neg is all ones.
func difference(sym, near, neg []uint8, mask uint8) {
	near, neg = near[:len(sym)], neg[:len(sym)]
	for i := range sym {
		sym[i] = (((sym[i] - near[i]) ^ neg[i]) - neg[i]) & mask
	}
}

// undo is the reverse of difference.
func undo(sym, near, neg []uint8, mask uint8) {
	near, neg = near[:len(sym)], neg[:len(sym)]
	for i := range sym {
		sym[i] = (near[i] + (sym[i] ^ neg[i] - neg[i])) & mask
	}
}
