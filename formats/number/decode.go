package number

import (
	"dits/formats"
	"dits/formats/ggml"
)

// Decoder returns what reads whole blocks of a dtype as float32; nil for one that has no numbers.
func Decoder(d formats.DType) func(dst []float32, src []byte) {
	if t, ok := ggml.ByName(string(d)); ok && t.CanDequantise() {
		return func(dst []float32, src []byte) {
			if t.Dequantise(dst, src) != nil {
				clear(dst)
			}
		}
	}
	v, ok := valuesOf[d]
	if !ok {
		return nil
	}
	return func(dst []float32, src []byte) {
		wide := make([]float64, len(dst))
		v.hi(wide, src)
		for i, x := range wide {
			dst[i] = float32(x)
		}
	}
}
