package relatives

import (
	"dits/catalog"
	"dits/formats"
	"dits/tensorstore/choose"
)

// Known is what is known of segment i of a file, for the store.
func Known(file catalog.File, i int, family Family) choose.Known {
	s := file.Layout.Segments[i]
	if s.Kind != formats.Data {
		return choose.Known{Fine: s.Kind == formats.Header}
	}
	t := file.Layout.Tensors[s.Tensor]
	return choose.Known{DType: t.DType, Shape: t.Shape, Relatives: family.Of(i, t)}
}
