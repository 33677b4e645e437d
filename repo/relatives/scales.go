package relatives

import (
	"strings"

	"dits/formats/number"
)

// scaleEnds are what formats of few bits put behind the name of a matrix for the tensor with its scales, and
// what the matrix is called then: compressed-tensors, DeepSeek's FP8, bitsandbytes, quanto.
var scaleEnds = []struct{ scale, matrix string }{
	{".weight_scale", ".weight"},
	{".weight_scale_inv", ".weight"},
	{".SCB", ".weight"},
	{".weight._scale", ".weight._data"},
}

// addScaled adds relatives of the scales of matrices of few bits: what the matrix itself may come from.
func (fam Family) addScaled(me *file) {
	byName := map[string]int{}
	for _, i := range me.segments() {
		byName[me.tensor(i).Name] = i
	}
	for _, i := range me.segments() {
		matrix, ok := scaledBy(me.tensor(i).Name)
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

// scaledBy is the name of the matrix that a tensor, by its name, has the scales of.
func scaledBy(name string) (matrix string, ok bool) {
	for _, e := range scaleEnds {
		if module, ok := strings.CutSuffix(name, e.scale); ok {
			return module + e.matrix, true
		}
	}
	return "", false
}
