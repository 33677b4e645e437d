package relatives

import (
	"math"
	"slices"

	"dits/formats"
	"dits/formats/number"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
)

// A Relative is a tensor of the store that another one may be predicted from: in any dtype and
// format, its elements perhaps in another order of rows.
type Relative struct {
	Blob        digest.ID
	File        digest.ID      // one that has it
	Format      string         // of that file
	Tensor      formats.Tensor // as that file has it; Shape is outermost first in every format
	Named       bool           // it has the role of the other, else only its looks
	Stack       []digest.ID    // further blobs that lie behind Blob: the experts of a layer
	Part        bool           // Blob has all experts of a layer, of which the tensor is one
	Skip        int64          // values of Blob before the tensor's
	Columns     int64          // of the matrix, where the tensor may have the scales of its rows; else 0
	Distance    float64        // of samples: 0 for the same numbers, about 1 for unrelated ones
	Correlation float64        // of samples: blind to scales of rows; NaN where nothing was sampled
}

// serves says that o is like t, and no worse to make it from than any other would be: what is a float
// is not made from a quant.
func (o Relative) serves(t formats.Tensor) bool {
	if number.IsWide(t.DType) && !number.IsWide(o.Tensor.DType) {
		return false
	}
	c := closeness{o.Distance, o.Correlation}
	return c.isRelated() || math.IsNaN(c.correlation) && c.distance < closeFile
}

// closeFile is the distance of files of which no tensor has to be looked for elsewhere, without
// a sketch of it.
const closeFile = 0.5

// Of lists what the tensor of a segment may be coded against, the closest first. Where it is a quant,
// the closest of its own type and the closest float, either of which may be what it came from, come
// before the rest; where it is a float, quants come last.
func (fam Family) Of(segment int, t formats.Tensor) []choose.Relative {
	var first, out, last []choose.Relative
	var own, float bool
	for _, s := range fam.Relatives[segment] {
		from, to := s.Tensor.DType, t.DType
		r := choose.Relative{Blob: s.Blob, DType: from, Stack: s.Stack, Part: s.Part, Skip: s.Skip, Columns: s.Columns}
		switch {
		case !canMake(from, to):
		case isQuant(to) && from == to && !own, isQuant(to) && number.IsWide(from) && !float:
			own, float = own || from == to, float || number.IsWide(from)
			first = append(first, r)
		case number.IsWide(to) && isQuant(from):
			last = append(last, r)
		default:
			out = append(out, r)
		}
	}
	return slices.Concat(first, out, last)
}

// canMake says that values of a dtype can be had from another: as they are, by a cast, or by a quantiser.
func canMake(from, to formats.DType) bool {
	return from == to || (number.IsWide(from) || isQuant(from)) && (number.IsWide(to) || isQuant(to) || to == "I8")
}

// isQuant says that d is a block type of ggml.
func isQuant(d formats.DType) bool {
	elems, _, ok := d.Block()
	return ok && elems > 1 && !d.InSafetensors()
}
