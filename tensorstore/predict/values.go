package predict

import (
	"encoding/binary"
	"io"
	"math"

	"dits/tensorstore/codec"
)

// readValues reads n values from the first-th on of a tensor of element type e, whole blocks where it has
// blocks.
func readValues(src io.ReaderAt, e codec.Elem, first int64, n int) ([]float32, error) {
	per := perElement(e)
	raw, err := view(src, first/per*int64(e.Size()), int(int64(n)/per)*e.Size())
	if err != nil {
		return nil, err
	}
	values := make([]float32, n)
	return values, decodeValues(values, raw, e)
}

// decodeValues sets dst to the values of the elements in raw.
func decodeValues(dst []float32, raw []byte, e codec.Elem) error {
	if t, ok := e.Block(); ok {
		return t.Dequantise(dst, raw)
	}
	load(dst, raw, e)
	return nil
}

// ReadValues reads n values from the first-th on of a tensor of element type e as float32. first and n are
// multiples of the values that an element has.
func ReadValues(src io.ReaderAt, e codec.Elem, first int64, n int) ([]float32, error) {
	return readValues(src, e, first, n)
}

// Readable says that [ReadValues] knows an element type.
func Readable(e codec.Elem) bool { return readable(e) }

// ReadFloat32 reads the float32 at byte off.
func ReadFloat32(src io.ReaderAt, off int64) (float32, error) {
	var raw [4]byte
	if err := readFull(src, raw[:], off); err != nil {
		return 0, err
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(raw[:])), nil
}

// Dequantised is the values of blocks as the bytes of float32; an incomplete block at the end is left out.
func Dequantised(b []byte, e codec.Elem) ([]byte, error) {
	n := len(b) / e.Size()
	values := make([]float32, int64(n)*perElement(e))
	if err := decodeValues(values, b[:n*e.Size()], e); err != nil {
		return nil, err
	}
	out := make([]byte, 4*len(values))
	storeValues(out, codec.F32, values)
	return out, nil
}
