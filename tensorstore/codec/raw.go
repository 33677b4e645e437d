package codec

import "fmt"

// rawCodec stores bytes as they are.
type rawCodec struct{}

// Encode appends src. It always applies.
func (rawCodec) Encode(dst, src []byte, _ Input) ([]byte, bool) {
	return append(dst, src...), true
}

// Decode copies enc, which has to be as long as dst.
func (rawCodec) Decode(dst, enc []byte, _ Input) error {
	if len(enc) != len(dst) {
		return fmt.Errorf("raw: %d bytes, want %d", len(enc), len(dst))
	}
	copy(dst, enc)
	return nil
}
