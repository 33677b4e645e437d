package entropy

import "slices"

// SizeContexts is the number of contexts for an expected size: 16 octaves.
const SizeContexts = 64

// Sizes are how large the elements of a chunk are expected to be, as logarithms in quarter octaves: that of an element
// is the sum of those of its row and its column.
type Sizes struct {
	Row, Col []int16 // nil where there are none
	Width    int64   // of a row
	First    int64   // element of the matrix that is element 0 of the chunk
}

// Fill sets v to the sizes of the elements from at on, all in the matrix.
func (s *Sizes) Fill(v []int16, at int) {
	pos := s.First + int64(at)
	i, j := pos/s.Width, pos%s.Width
	for len(v) > 0 {
		n := min(int64(len(v)), s.Width-j)
		s.fillRow(v[:n], i, j)
		v = v[n:]
		i, j = i+1, 0
	}
}

// fillRow sets v to the sizes of row i from column j on.
func (s *Sizes) fillRow(v []int16, i, j int64) {
	var r int16
	if s.Row != nil {
		r = s.Row[i]
	}
	if s.Col == nil {
		for k := range v {
			v[k] = r
		}
		return
	}
	col := s.Col[j : j+int64(len(v))]
	for k, c := range col {
		v[k] = r + c
	}
}

// Centre is the size for context 0 that puts the median of sizes in the middle of the contexts. It sorts them.
func Centre(sizes []int16) int {
	slices.Sort(sizes)
	return int(sizes[len(sizes)/2]) - SizeContexts/2
}

// Contexts sets ctx to the contexts of sizes v, where off is the size of context 0.
func Contexts(ctx []uint16, v []int16, off int) {
	ctx = ctx[:len(v)]
	for i, x := range v {
		ctx[i] = uint16(min(max(int(x)-off, 0), SizeContexts-1))
	}
}
