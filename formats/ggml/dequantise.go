package ggml

import (
	"encoding/binary"
	"fmt"
)

// CanDequantise reports whether [Type.Dequantise] knows t.
func (t Type) CanDequantise() bool { return t.arithmetic().dequantise != nil }

// Dequantise sets dst to the values of the blocks in src, bit for bit as
// upstream's dequantize_row_<type> functions do (ggml-quants.c, MIT) in a build
// without fused multiply-add. The lengths must fit exactly. Blocks can be anything;
// where a quant gives NaN it is always the same one, as processors do not agree.
func (t Type) Dequantise(dst []float32, src []byte) error {
	dequantise := t.arithmetic().dequantise
	if dequantise == nil {
		return fmt.Errorf("ggml: no dequantiser for %v", t)
	}
	if err := t.checkLengths(len(dst), len(src)); err != nil {
		return err
	}
	dequantise(dst, src)
	if t.BlockElems() > 1 && t.hasOddScale(src) {
		canonicalise(dst)
	}
	return nil
}

// hasOddScale reports whether a block in src may have an infinite scale or one that
// is NaN: no other gives NaNs.
func (t Type) hasOddScale(src []byte) bool {
	size, floats := int(t.BlockBytes()), 0
	for _, f := range t.Fields() {
		if f.Kind == ScaleF16 {
			floats++
			for at := f.Off; at < len(src); at += size {
				if binary.LittleEndian.Uint16(src[at:])&0x7c00 == 0x7c00 {
					return true
				}
			}
		}
	}
	return floats == 0 // its scale is of another kind
}

// canonicalise replaces every NaN by canonicalNaN.
func canonicalise(values []float32) {
	for i, v := range values {
		if v != v {
			values[i] = canonicalNaN
		}
	}
}
