package codec

import (
	"fmt"

	"dits/cpu"
	"dits/tensorstore/codec/blocks"
)

// blocksCodec codes quant blocks.
type blocksCodec struct{ kernel kernel }

// Encode applies to whole blocks when the result is smaller than src. With a guide in.Pred
// does not count.
func (c blocksCodec) Encode(dst, src []byte, in Input) ([]byte, bool) {
	return c.coder().Encode(dst, src, in.blocks(len(src)))
}

// Decode fills dst with whole blocks; in.Pred and in.Guide have to be those of Encode.
func (c blocksCodec) Decode(dst, enc []byte, in Input) error {
	if _, ok := in.Elem.Block(); !ok {
		return fmt.Errorf("blocks: element type %d, want one of quant blocks", in.Elem)
	}
	return c.coder().Decode(dst, enc, in.blocks(len(dst)))
}

func (c blocksCodec) coder() blocks.Coder {
	return blocks.Coder{Level: cpu.Level(c.kernel), Halves: halves(c)}
}

// blocks is what is known of a chunk of so many bytes as the coder of blocks takes it.
func (in *Input) blocks(length int) blocks.Chunk {
	t, ok := in.Elem.Block()
	if !ok {
		return blocks.Chunk{}
	}
	c := blocks.Chunk{Type: t, Pred: in.Pred, Guide: in.Guide}
	weights := *in
	weights.First = in.First * t.BlockElems()
	if e := weights.expect(length / in.Elem.Size() * int(t.BlockElems())); e.act != nil {
		c.Sizes = e.sizes()
	}
	return c
}

// halves is the body of Delta, of F16 numbers.
type halves struct{ kernel kernel }

func (h halves) Append(dst, src, pred []byte) []byte {
	s := getScratch(h.kernel)
	defer scratches.Put(s)
	return appendDelta[uint16](s, dst, src, Input{Elem: F16, Pred: pred})
}

func (h halves) Read(dst, enc, pred []byte) error {
	s := getScratch(h.kernel)
	defer scratches.Put(s)
	return readDelta[uint16](s, dst, enc, Input{Elem: F16, Pred: pred})
}
