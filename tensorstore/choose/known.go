package choose

import (
	"dits/formats"
	"dits/formats/ggml"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// A Known is what is known about a blob that is put. The zero value knows nothing.
type Known struct {
	DType     formats.DType
	Shape     []int64    // outermost dimension first
	Relatives []Relative // what it may be similar to, the likeliest first
	Fine      bool       // a header: cut into small chunks, most of which the next one shares
	Adapters  []Adapter  // that may have been merged into the tensor
	// Importance are rows of importance matrices that a tensor of quants may have been made with.
	Importance []predict.Importance
}

// A Relative is a blob with as many values, rows perhaps in another order or number; or, for a tensor
// that holds the scales of a matrix, one that may be that matrix.
type Relative struct {
	Blob    digest.ID
	DType   formats.DType
	Stack   []digest.ID // further blobs of the same length that follow it
	Part    bool        // it is longer than the tensor, which is one of the experts in it
	Skip    int64       // values before the tensor's first, of a Part
	Columns int64       // of the matrix that the tensor may hold the scales of; 0: it is no such tensor
}

// maxRelativesTried is how many relatives are tried by coding a sample.
const maxRelativesTried = 4

// minWidth is the shortest row for which scales of rows pay.
const minWidth = 16

// elems says how coders see the dtypes with arithmetic: a complex number is two
// floats, unsigned and signed integers differ by the same in both readings. A
// dtype that is not listed is bytes.
var elems = map[formats.DType]codec.Elem{
	"BF16": codec.BF16, "F16": codec.F16, "F32": codec.F32, "F64": codec.F64, "C64": codec.F32,
	"F8_E4M3": codec.E4M3, "F8_E4M3FNUZ": codec.E4M3, "F8_E5M2": codec.E5M2, "F8_E5M2FNUZ": codec.E5M2,
	"I8": codec.I8, "U8": codec.I8, "BOOL": codec.I8, "F8_E8M0": codec.I8,
	"I16": codec.I16, "U16": codec.I16, "I32": codec.I32, "U32": codec.I32, "I64": codec.I64, "U64": codec.I64,
}

// Elem is the element type of the blob.
func (k Known) Elem() codec.Elem { return elemOf(k.DType) }

// elemOf is how coders see a dtype.
func elemOf(d formats.DType) codec.Elem {
	if e, ok := elems[d]; ok {
		return e
	}
	if t, ok := ggml.ByName(string(d)); ok && t.BlockElems() > 1 {
		return codec.BlockElem(t)
	}
	return codec.Bytes
}

// Width is the number of elements in a row when the tensor is seen as a matrix: its
// last dimension, or all but the first where that is short, as in convolutions.
// It is 0 for what is no matrix.
func (k Known) Width(size int64) int64 {
	e := k.Elem()
	if e == codec.Bytes || len(k.Shape) < 2 {
		return 0
	}
	if t, ok := e.Block(); ok {
		return k.blocksInRow(t, size)
	}
	elements := size / int64(e.Size())
	width := k.Shape[len(k.Shape)-1]
	if width < minWidth && k.Shape[0] > 0 {
		width = elements / k.Shape[0]
	}
	if k.DType == "C64" {
		width *= 2
	}
	if width < minWidth || elements/width < 2 || !predict.HasScales(elements, width) {
		return 0
	}
	return width
}

// blocksInRow is how many blocks of type t a row has: no block lies in two. size is that of the tensor.
func (k Known) blocksInRow(t ggml.Type, size int64) int64 {
	blocks, row := size/t.BlockBytes(), k.Shape[len(k.Shape)-1]/t.BlockElems()
	if row < 1 || blocks%row != 0 || !predict.HasScales(blocks*t.BlockElems(), row*t.BlockElems()) {
		return 0
	}
	return row
}
