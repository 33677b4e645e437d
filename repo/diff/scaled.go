package diff

import (
	"dits/formats/names"
	"dits/formats/number"
	"dits/repo/object"
)

// valuesOf is tensor i of a file as the numbers that it stands for: over its scales, where the file has them.
func valuesOf(f *object.File, i int) (number.Operand, error) {
	o, err := Operand(f, i)
	t := f.Layout.Tensors[i]
	if err != nil || o.R == nil || len(t.Shape) != 2 || number.IsWide(t.DType) {
		return o, err
	}
	for name, factor := range names.ScalesOf(t.Name) {
		k, ok := f.Index(name)
		if !ok {
			continue
		}
		scales, err := Operand(f, k)
		if err != nil || scales.R == nil {
			return o, err
		}
		if scaled, ok, err := number.Scaled(o, t.Shape, scales, f.Layout.Tensors[k].Shape, factor); ok || err != nil {
			return scaled, err
		}
	}
	return o, nil
}
