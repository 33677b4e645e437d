package relatives

import (
	"dits/formats/names"
	"dits/formats/number"
)

// addScaled adds relatives of the scales of matrices of few bits: what the matrix itself may come from.
func (fam Family) addScaled(me *file) {
	byName := map[string]int{}
	for _, i := range me.segments() {
		byName[me.tensor(i).Name] = i
	}
	for _, i := range me.segments() {
		matrix, ok := names.ScaledBy(me.tensor(i).Name)
		if !ok {
			continue
		}
		of, ok := byName[matrix]
		if !ok {
			continue
		}
		for _, s := range fam.Relatives[of] {
			if n := len(s.Tensor.Shape); n == 2 && number.IsWide(s.Tensor.DType) && s.Stack == nil && !s.Part {
				s.Columns = s.Tensor.Shape[1]
				fam.Relatives[i] = append(fam.Relatives[i], s)
			}
		}
	}
}
