package codec

// A layout says where the fields of an element lie: sign, exponent, mantissa
// from the top. Integers have neither exponent nor mantissa.
type layout struct {
	exp, mant uint // bits
	bias      int
	lead      uint // mantissa bits that Fields codes together with the exponent
}

// layout returns that of e; exp is 0 for what is no float.
func (e Elem) layout() layout {
	switch e {
	case BF16:
		return layout{8, 7, 127, 2}
	case F16:
		return layout{5, 10, 15, 2}
	case F32:
		return layout{8, 23, 127, 2}
	case F64:
		return layout{11, 52, 1023, 2}
	case E4M3:
		return layout{4, 3, 7, 3}
	case E5M2:
		return layout{5, 2, 15, 2}
	}
	return layout{}
}

// float reports that e has an exponent.
func (e Elem) float() bool { return e.layout().exp > 0 }
