package formats

// Elements is the product of the dimensions, which a parser has bounded.
func Elements(shape []int64) int64 {
	n := int64(1)
	for _, d := range shape {
		n *= d
	}
	return n
}
