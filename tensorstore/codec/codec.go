package codec

import (
	"fmt"

	"dits/tensorstore/codec/blocks"
)

// An Encoding names a codec in pack records. Numbers are never reused.
type Encoding uint8

// Encodings known today.
const (
	Raw    Encoding = 1 // the bytes themselves
	Zstd   Encoding = 2 // general compression, for headers and text
	Fields Encoding = 3 // sign, exponent and mantissa apart, without a prediction
	Delta  Encoding = 4 // integer difference to a prediction, by class
	Blocks Encoding = 5 // quant blocks by field, alone or against predicted ones
)

var encodingNames = map[Encoding]string{Raw: "raw", Zstd: "zstd", Fields: "fields", Delta: "delta", Blocks: "blocks"}

// String is the name that people read, as in the output of commands.
func (e Encoding) String() string {
	if name, ok := encodingNames[e]; ok {
		return name
	}
	return fmt.Sprintf("encoding %d", uint8(e))
}

// An Input is what encoder and decoder both know about a chunk.
type Input struct {
	Elem  Elem      // element type; Bytes when there is none
	First int64     // index in its tensor of the chunk's first element
	Width int64     // values in a row of the tensor's matrix, 0 when unknown
	Act   *Activity // scales of rows and columns, nil when there are none
	Pred  []byte    // predicted bytes, as long as the chunk; nil without prediction
	Guide Guide     // of a chunk of quant blocks that are a function of a source, else nil
}

// A Guide predicts the quant blocks of one chunk from what they were made of.
type Guide = blocks.Guide

// A Codec is one way to store a chunk. It is safe for concurrent use.
type Codec interface {
	// Encode appends the encoding of src to dst and says whether it applies;
	// when it does not, dst is returned unchanged.
	Encode(dst, src []byte, in Input) ([]byte, bool)
	// Decode fills dst, whose length is that of the chunk, from enc.
	Decode(dst, enc []byte, in Input) error
}
