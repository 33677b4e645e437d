package ggml

import "fmt"

// CanRound reports whether [Type.Round] knows t.
func (t Type) CanRound() bool { return t.arithmetic().round != nil }

// Round sets the quants of the blocks in dst, whose scale fields ([FieldKind.IsScale])
// are filled in already, to those that the quantiser would choose for src with
// those scales: the last step of a [Quantiser] alone, without the search that
// finds scales. The result depends on nothing but the scales and src, whatever the
// quant fields held before; scales and src can be anything.
func (t Type) Round(dst []byte, src []float32) error { return t.roundBy(kernelBest, dst, src) }

func (t Type) roundBy(k kernel, dst []byte, src []float32) error {
	round := t.arithmetic().round
	if round == nil {
		return fmt.Errorf("ggml: no rounding to %v", t)
	}
	if err := t.checkLengths(len(src), len(dst)); err != nil {
		return err
	}
	if t.BlockElems() > 1 {
		src = canonical(src)
	}
	if !k.roundSuperBlocks(t, dst, src) && !k.roundPlain(t, dst, src) {
		round(dst, src)
	}
	return nil
}
