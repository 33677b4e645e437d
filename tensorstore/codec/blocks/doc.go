// Package blocks has the coder of quant blocks of ggml: by their fields, alone, against predicted blocks of the same type,
// or led by a [Guide] that knows what they were made of. Call [Coder.Encode] with a [Chunk], what both sides know, and
// [Coder.Decode] with the same.
//
// A block is taken apart into planes of symbols (layout.go says how, for each type): scales first, as quants are coded
// in their context, the size of their step against that expected of the weight. The bytes are in the documentation of
// package codec, which this one does not know: it is told expected sizes and not activities, and how F16 numbers are
// coded as differences to others ([Halves]), as that is a part of Delta there. That is a call a plane, not one
// a number. Quantising is not here, it is ggml's; what a guide computes is package predict's.
package blocks
