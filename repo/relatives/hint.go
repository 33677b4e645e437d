package relatives

import (
	"dits/catalog"
	"dits/formats"
	"dits/tensorstore"
)

// Hint is what is known of segment i of a file, for the store.
func Hint(file catalog.File, i int, kin Family) tensorstore.Hint {
	s := file.Layout.Segments[i]
	if s.Kind != formats.Data {
		return tensorstore.Hint{Fine: s.Kind == formats.Header}
	}
	t := file.Layout.Tensors[s.Tensor]
	return tensorstore.Hint{DType: t.DType, Shape: t.Shape, Relatives: kin.Of(i, t)}
}
