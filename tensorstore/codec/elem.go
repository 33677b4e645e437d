package codec

// An Elem is the element type of a chunk as coders see it: how wide, and where
// its exponent lies. Numbers are written to disk and never reused.
type Elem uint8

// Element types. Bytes stands for everything without arithmetic.
const (
	Bytes Elem = 0
	BF16  Elem = 1
	F16   Elem = 2
	F32   Elem = 3
	F64   Elem = 4
	E4M3  Elem = 5
	E5M2  Elem = 6
	I8    Elem = 7
	I16   Elem = 8
	I32   Elem = 9
	I64   Elem = 10
)

// Size is the width of an element in bytes.
func (e Elem) Size() int {
	switch e {
	case BF16, F16, I16:
		return 2
	case F32, I32:
		return 4
	case F64, I64:
		return 8
	}
	return 1
}
