package blocks

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"dits/tensorstore/codec/entropy"
)

var errHeader = errors.New("bad header")

// Decode fills dst with whole blocks; in.Pred and in.Guide have to be those of Encode.
func (c Coder) Decode(dst, enc []byte, in Chunk) error {
	b := c.begin(len(dst), &in)
	if b == nil {
		return fmt.Errorf("blocks: type %v, prediction of %d bytes, want one of quant blocks and %d", in.Type, len(in.Pred), len(dst))
	}
	defer b.release()
	if len(dst)%b.plan.size != 0 || len(dst) == 0 {
		return fmt.Errorf("blocks: %d bytes, want whole blocks of %d", len(dst), b.plan.size)
	}
	read := b.readBlocks
	if in.Guide != nil {
		read = b.readGuided
	}
	rest, err := read(dst, enc, &in)
	if err == nil && len(rest) != 0 {
		err = errHeader
	}
	if err != nil {
		return fmt.Errorf("blocks: %d bytes of %d blocks of %d: %w", len(enc), b.n, b.plan.size, err)
	}
	return nil
}

// readBlocks reads what appendBlocks wrote, and returns what follows.
func (b *call) readBlocks(dst, enc []byte, in *Chunk) ([]byte, error) {
	list, enc, err := b.readList(enc)
	if err != nil {
		return nil, err
	}
	if len(list) < b.n {
		if in.Pred == nil {
			return nil, errHeader
		}
		copy(dst, in.Pred)
	}
	if len(list) == 0 {
		return enc, nil
	}
	if enc, err = b.readPlanes(enc, b.plan.scales, dst, in.Pred, list, false); err != nil {
		return nil, err
	}
	return b.readPlanes(enc, b.plan.quants, dst, in.Pred, list, false)
}

// readGuided reads what appendGuided wrote, and returns what follows.
func (b *call) readGuided(dst, enc []byte, in *Chunk) ([]byte, error) {
	g := in.Guide
	enc, err := b.readHints(enc, g.Hints())
	if err != nil {
		return nil, err
	}
	guessed := g.Guess(dst, b.hints)
	list, enc, err := b.readList(enc)
	if err != nil {
		return nil, err
	}
	if !guessed && len(list) < b.n {
		return nil, errHeader
	}
	if len(list) > 0 {
		if enc, err = b.readScales(enc, dst, g, guessed, list); err != nil {
			return nil, err
		}
	}
	if list, enc, err = b.readList(enc); err != nil || len(list) == 0 {
		return enc, err
	}
	return b.readPlanes(enc, b.plan.quants, dst, dst, list, true)
}

// readScales reads the scales of the blocks of list, of which dst has what the guide guessed, and
// lets it settle the quants.
func (b *call) readScales(enc, dst []byte, g Guide, guessed bool, list []int32) ([]byte, error) {
	var guess []byte
	if guessed {
		b.guess = append(b.guess[:0], dst...)
		guess = b.guess
	} else {
		clear(dst)
	}
	enc, err := b.readPlanes(enc, b.plan.scales, dst, guess, list, false)
	if err == nil {
		g.Settle(dst, guess)
	}
	return enc, err
}

// readPlanes reads what appendPlanes wrote to dst, which may be pred.
func (b *call) readPlanes(enc []byte, planes []plane, dst, pred []byte, list []int32, same bool) ([]byte, error) {
	if len(enc) == 0 {
		return nil, entropy.ErrShort
	}
	switch enc[0] {
	case planesAlone:
		pred = nil
	case planesPredicted:
		if pred == nil {
			return nil, errHeader
		}
	default:
		return nil, errHeader
	}
	enc = enc[1:]
	for i := range planes {
		var err error
		c := planeCoding{plane: &planes[i], blocks: dst, pred: pred, list: list, same: same}
		if enc, err = b.readPlane(enc, c); err != nil {
			return nil, fmt.Errorf("plane %d of %d bits: %w", i, planes[i].bits, err)
		}
	}
	return enc, nil
}

// How many hints there are, or blocks in a list.
const (
	listNone = 0
	listSome = 1 // what tells which follows
	listAll  = 2
)

// appendHints appends the hints.
func (b *call) appendHints(dst []byte) []byte {
	if len(bytes.TrimLeft(b.hints, "\x00")) == 0 {
		return append(dst, listNone)
	}
	e := &b.enc
	e.Tok = append(e.Tok[:0], b.hints...)
	e.Ctx = slices.Grow(e.Ctx[:0], len(e.Tok))[:len(e.Tok)]
	clear(e.Ctx)
	return e.Append(append(dst, listAll), 1, entropy.MaxSymbols)
}

// readHints reads n hints to b.hints.
func (b *call) readHints(enc []byte, n int) ([]byte, error) {
	b.hints = slices.Grow(b.hints[:0], n)[:n]
	clear(b.hints)
	if n == 0 {
		return enc, nil
	}
	if len(enc) == 0 || enc[0] != listNone && enc[0] != listAll {
		return nil, errHeader
	}
	if enc[0] == listNone {
		return enc[1:], nil
	}
	t := &b.dec
	enc, err := t.Open(enc[1:], 1)
	if err != nil {
		return nil, err
	}
	b.enc.Tab = slices.Grow(b.enc.Tab[:0], n)[:n]
	clear(b.enc.Tab)
	if err := t.Read(b.hints, b.enc.Tab); err != nil {
		return nil, err
	}
	return enc, t.Close()
}
