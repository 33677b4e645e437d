package number

import (
	"encoding/binary"
	"math"
	"sync"

	"dits/formats"
	"dits/formats/float"
	"dits/formats/ggml"
)

// values reads the elements of a dtype as numbers. A 64-bit integer is the sum of
// two float64, hi rounded and lo the small rest; lo is nil for every other dtype,
// whose elements are exactly float64.
type values struct {
	size   int64 // bytes an element, 0 where they come in blocks
	hi, lo func(dst []float64, src []byte)
}

// valuesOf are the dtypes with values.
var valuesOf = map[formats.DType]values{
	"BOOL": {1, readTable(bools()), nil}, // a byte that is not 0 is true, 1
	"U8":   {1, readTable(integers(func(b byte) float64 { return float64(b) })), nil},
	"I8":   {1, readTable(integers(func(b byte) float64 { return float64(int8(b)) })), nil},
	"I16":  {2, readInt16, nil}, "U16": {2, readUint16, nil},
	"I32": {4, readInt32, nil}, "U32": {4, readUint32, nil},
	"I64": {8, readInt64, restInt64}, "U64": {8, readUint64, restUint64},
	"F16": {2, readTable16(float.F16), nil}, "BF16": {2, readTable16(float.BF16), nil},
	"F32": {4, readFloat32, nil}, "F64": {8, readFloat64, nil},
	"F8_E4M3": {1, readTable(floats(float.E4M3)), nil}, "F8_E5M2": {1, readTable(floats(float.E5M2)), nil},
	"F8_E8M0":     {1, readTable(integers(powerOfTwo)), nil},
	"F8_E4M3FNUZ": {1, readTable(floats(float.E4M3FNUZ)), nil}, "F8_E5M2FNUZ": {1, readTable(floats(float.E5M2FNUZ)), nil},
}

// valuesFor are the values of a dtype, block types of ggml included: those are what
// upstream's dequantisers give, float32.
func valuesFor(d formats.DType) (values, bool) {
	if v, ok := valuesOf[d]; ok {
		return v, true
	}
	t, ok := ggml.ByName(string(d))
	if !ok || t.BlockElems() == 1 || !t.CanDequantise() || comparePiece%t.BlockElems() != 0 {
		return values{}, false
	}
	return values{hi: readBlocks(t)}, true
}

// dequantised are buffers of one piece each.
var dequantised = sync.Pool{New: func() any { return new([comparePiece]float32) }}

// readBlocks reads whole blocks, at most comparePiece elements.
func readBlocks(t ggml.Type) func([]float64, []byte) {
	return func(dst []float64, src []byte) {
		buf := dequantised.Get().(*[comparePiece]float32)
		defer dequantised.Put(buf)
		if t.Dequantise(buf[:len(dst)], src) != nil { // lengths that do not fit, which no caller gives
			fill(dst, math.NaN())
			return
		}
		for i, x := range buf[:len(dst)] {
			dst[i] = float64(x)
		}
	}
}

func fill(dst []float64, v float64) {
	for i := range dst {
		dst[i] = v
	}
}

// readTable reads one byte an element.
func readTable(table *[256]float64) func([]float64, []byte) {
	return func(dst []float64, src []byte) {
		src = src[:len(dst)]
		for i := range dst {
			dst[i] = table[src[i]]
		}
	}
}

func integers(value func(byte) float64) *[256]float64 {
	var t [256]float64
	for i := range t {
		t[i] = value(byte(i))
	}
	return &t
}

// powerOfTwo is a number of E8M0, the scale of OCP's microscaling formats: an exponent alone.
func powerOfTwo(b byte) float64 {
	if b == 0xff {
		return math.NaN()
	}
	return math.Ldexp(1, int(b)-127)
}

func bools() *[256]float64 {
	return integers(func(b byte) float64 { return float64(min(b, 1)) })
}

func floats(value func(byte) float32) *[256]float64 {
	return integers(func(b byte) float64 { return float64(value(b)) })
}

// readTable16 reads two bytes an element. A table of 512 KiB, made when it is first
// needed, is faster than arithmetic: of the values of weights few are frequent.
func readTable16(value func(h uint16) float32) func([]float64, []byte) {
	table := sync.OnceValue(func() *[1 << 16]float64 {
		t := new([1 << 16]float64)
		for i := range t {
			t[i] = float64(value(uint16(i)))
		}
		return t
	})
	return func(dst []float64, src []byte) { lookUp(table(), dst, src) }
}

func lookUp(t *[1 << 16]float64, dst []float64, src []byte) {
	for len(dst) >= 4 && len(src) >= 8 {
		d, w := (*[4]float64)(dst), binary.LittleEndian.Uint64(src)
		d[0] = t[uint16(w)]
		d[1] = t[uint16(w>>16)]
		d[2] = t[uint16(w>>32)]
		d[3] = t[w>>48]
		dst, src = dst[4:], src[8:]
	}
	for i := range dst {
		dst[i] = t[binary.LittleEndian.Uint16(src[2*i:])]
	}
}

func readFloat32(dst []float64, src []byte) {
	for len(dst) >= 4 && len(src) >= 16 {
		d, s := (*[4]float64)(dst), (*[16]byte)(src)
		d[0] = float64(math.Float32frombits(binary.LittleEndian.Uint32(s[0:])))
		d[1] = float64(math.Float32frombits(binary.LittleEndian.Uint32(s[4:])))
		d[2] = float64(math.Float32frombits(binary.LittleEndian.Uint32(s[8:])))
		d[3] = float64(math.Float32frombits(binary.LittleEndian.Uint32(s[12:])))
		dst, src = dst[4:], src[16:]
	}
	for i := range dst {
		dst[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:])))
	}
}

func readFloat64(dst []float64, src []byte) {
	for i := range dst {
		dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:]))
	}
}

func readInt16(dst []float64, src []byte) {
	for i := range dst {
		dst[i] = float64(int16(binary.LittleEndian.Uint16(src[2*i:])))
	}
}

func readUint16(dst []float64, src []byte) {
	for i := range dst {
		dst[i] = float64(binary.LittleEndian.Uint16(src[2*i:]))
	}
}

func readInt32(dst []float64, src []byte) {
	for i := range dst {
		dst[i] = float64(int32(binary.LittleEndian.Uint32(src[4*i:])))
	}
}

func readUint32(dst []float64, src []byte) {
	for i := range dst {
		dst[i] = float64(binary.LittleEndian.Uint32(src[4*i:]))
	}
}

func readInt64(dst []float64, src []byte) {
	for i := range dst {
		dst[i] = float64(int64(binary.LittleEndian.Uint64(src[8*i:])))
	}
}

func readUint64(dst []float64, src []byte) {
	for i := range dst {
		dst[i] = float64(binary.LittleEndian.Uint64(src[8*i:]))
	}
}

// restInt64 reads what readInt64 rounded away. The subtraction is modulo 2^64, so
// that it is right for the values that round up to 2^63 too.
func restInt64(dst []float64, src []byte) {
	for i := range dst {
		x := binary.LittleEndian.Uint64(src[8*i:])
		hi := float64(int64(x))
		whole := uint64(1) << 63
		if hi < 0x1p63 {
			whole = uint64(int64(hi))
		}
		dst[i] = float64(int64(x - whole))
	}
}

// restUint64 reads what readUint64 rounded away.
func restUint64(dst []float64, src []byte) {
	for i := range dst {
		x := binary.LittleEndian.Uint64(src[8*i:])
		hi := float64(x)
		whole := uint64(0)
		if hi < 0x1p64 {
			whole = uint64(hi)
		}
		dst[i] = float64(int64(x - whole))
	}
}
