package ggml

// An arithmetic is what a type's blocks mean. A nil function is something that is
// not known of the type. The functions trust the lengths they are given: the
// exported methods check them.
type arithmetic struct {
	// dequantise sets dst to the values of the whole blocks in src.
	dequantise func(dst []float32, src []byte)
	// quantise sets dst to the blocks of one row: len(src) is q.Columns, and
	// q.Weights is nil or as long. src has no NaN but the one of canonicalNaN.
	quantise func(q *Quantiser, dst []byte, src []float32)
	// round sets the quants of the blocks in dst, whose scale fields are there
	// already and can be anything, to those nearest to src.
	round func(dst []byte, src []float32)
}

// arithmetic returns what is known of t: its zero value if nothing is.
func (t Type) arithmetic() arithmetic {
	if a, ok := arithmetics[t]; ok {
		return a
	}
	return iqArithmetics[t]
}
