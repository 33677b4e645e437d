package relatives

import (
	"dits/catalog"
	"dits/formats"
	"dits/tensorstore"
)

// Known is what is known of segment i of a file, for the store.
func Known(file catalog.File, i int, kin Family) tensorstore.Known {
	s := file.Layout.Segments[i]
	if s.Kind != formats.Data {
		return tensorstore.Known{Fine: s.Kind == formats.Header}
	}
	t := file.Layout.Tensors[s.Tensor]
	return tensorstore.Known{DType: t.DType, Shape: t.Shape, Relatives: kin.Of(i, t)}
}
