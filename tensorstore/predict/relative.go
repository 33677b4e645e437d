package predict

import "dits/tensorstore/codec"

// relative is the rule of [Relative]: the bytes of the source.
type relative struct{ plain }

func (relative) predict(p *Prediction, dst []byte, first int64, open Opener) error {
	src, err := p.source(open)
	if err != nil {
		return err
	}
	return readFull(src, dst, first*int64(p.Elem.Size()))
}

// input does not copy bytes that are in memory.
func (relative) input(in *codec.Input, p *Prediction, first int64, n int, open Opener) error {
	size := int64(p.Elem.Size())
	if err := p.has(first, int64(n)/size); err != nil {
		return err
	}
	src, err := p.source(open)
	if err != nil {
		return err
	}
	in.Pred, err = view(src, first*size, n)
	return err
}
