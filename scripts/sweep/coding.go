package main

import (
	"fmt"

	"dits/tensorstore/codec"
)

// codedBits is the bits a weight of b, BF16, that its chunks take when each is
// coded by itself with its own tables: as differences to pred, which is as long
// as b, or alone when pred is nil.
func codedBits(cut cutter, b blob, pred []byte) (float64, error) {
	encoding := codec.Fields
	if pred != nil {
		encoding = codec.Delta
	}
	c, err := codec.For(encoding)
	if err != nil {
		return 0, err
	}
	total, off := 0, 0
	var enc []byte
	for _, n := range lengths(cut, b.data) {
		in := codec.Input{Elem: codec.BF16, First: int64(off / 2), Width: int64(b.row / 2)}
		if pred != nil {
			in.Pred = pred[off : off+n]
		}
		out, ok := c.Encode(enc[:0], b.data[off:off+n], in)
		if !ok {
			return 0, fmt.Errorf("chunk of %d bytes at %d: encoding %d does not apply", n, off, encoding)
		}
		total, enc, off = total+len(out), out, off+n
	}
	return 8 * float64(total) / float64(len(b.data)/2), nil
}
