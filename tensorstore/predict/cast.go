package predict

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"dits/formats/float"
	"dits/tensorstore/codec"
)

// cast is the rule of [Cast]: the values of the source, converted.
type cast struct{ plain }

func (cast) check(p *Prediction) error {
	if !CanCast(p.From, p.Elem) {
		return fmt.Errorf("prediction: no cast from element type %d to %d", p.From, p.Elem)
	}
	return nil
}

func (cast) predict(p *Prediction, dst []byte, first int64, open Opener) error {
	src, err := p.source(open)
	if err != nil {
		return err
	}
	return predictCast(dst, first, p.Elem, p.From, src)
}

// work counts that a merge is read a part at a time.
func (c cast) work(p *Prediction, n int64) (own, values int64) {
	own, values = c.plain.work(p, n)
	if p.Of != nil && p.Of.Kind == Merged {
		own = (values/castBlock + 1) * p.Of.By.(*Merge).whole(p.Of)
	}
	return own, values
}

// CanCast says that values of element type from can predict those of type to: numbers of one
// floating-point type those of another, and dequantised blocks any.
func CanCast(from, to codec.Elem) bool {
	if _, block := from.Block(); block {
		return readable(from) && HasLowRank(to)
	}
	return from != to && castable(from) && castable(to)
}

func castable(e codec.Elem) bool { return HasLowRank(e) || e == codec.F64 }

// castBlock is how many elements are converted at once: a multiple of the values of any block.
const castBlock = 16 << 10

// predictCast fills dst with the elements of src from index first on, converted.
// A number between two of the narrower type goes to the nearer, ties to even, as
// frameworks convert; a NaN becomes the quiet NaN with its sign, for hardware
// disagrees about payloads and a prediction has to be the same everywhere.
func predictCast(dst []byte, first int64, to, from codec.Elem, src io.ReaderAt) error {
	convert := convertValues
	if from == codec.F64 || to == codec.F64 {
		convert = convertEach
	}
	size := int64(to.Size())
	out := make([]byte, castBlock*size)
	for len(dst) > 0 {
		skip := first % perElement(from) // a block is read whole
		n := min(castBlock, skip+(int64(len(dst))+size-1)/size)
		n += (perElement(from) - n%perElement(from)) % perElement(from)
		if err := convert(out[:n*size], to, from, src, first-skip); err != nil {
			return err
		}
		dst = dst[copy(dst, out[skip*size:n*size]):]
		first += n - skip
	}
	return nil
}

// convertValues fills dst with elements that float32 holds, or that were computed as such.
func convertValues(dst []byte, to, from codec.Elem, src io.ReaderAt, first int64) error {
	n := len(dst) / to.Size()
	raw, err := view(src, first/perElement(from)*int64(from.Size()), int(int64(n)/perElement(from))*from.Size())
	if err != nil {
		return err
	}
	values := make([]float32, n)
	if err := decodeValues(values, raw, from); err != nil {
		return err
	}
	storeQuiet(dst, to, values)
	return nil
}

// storeQuiet writes values rounded to element type to; a NaN becomes the quiet one with its sign.
func storeQuiet(dst []byte, to codec.Elem, values []float32) {
	if !storeValues(dst, to, values) {
		return
	}
	for i, v := range values {
		if v != v {
			values[i] = math.Float32frombits(math.Float32bits(v)&(1<<31) | 0x7fc00000)
		}
	}
	storeValues(dst, to, values)
}

// convertEach fills dst with elements, one by one, exactly.
func convertEach(dst []byte, to, from codec.Elem, src io.ReaderAt, first int64) error {
	n := len(dst) / to.Size()
	raw := make([]byte, n*from.Size())
	if err := readFull(src, raw, first*int64(from.Size())); err != nil {
		return err
	}
	for ; len(dst) > 0; dst, raw = dst[to.Size():], raw[from.Size():] {
		put(dst, to, get(raw, from))
	}
	return nil
}

// get is the value of the element at the start of b, which is a single value: exactly, but for integers over 2^53.
func get(b []byte, e codec.Elem) float64 {
	switch e {
	case codec.BF16:
		return float.Wide(float.BF16(binary.LittleEndian.Uint16(b)))
	case codec.F16:
		return float.Wide(float.F16(binary.LittleEndian.Uint16(b)))
	case codec.F32:
		return float.Wide(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	case codec.F64:
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	case codec.E4M3:
		return float.Wide(float.E4M3(b[0]))
	case codec.E5M2:
		return float.Wide(float.E5M2(b[0]))
	}
	return integer(b, e)
}

// integer is the value of the integer at the start of b; what has no arithmetic is bytes.
func integer(b []byte, e codec.Elem) float64 {
	switch e.Size() {
	case 2:
		return float64(int16(binary.LittleEndian.Uint16(b)))
	case 4:
		return float64(int32(binary.LittleEndian.Uint32(b)))
	case 8:
		return float64(int64(binary.LittleEndian.Uint64(b)))
	}
	return float64(int8(b[0]))
}

// put writes v rounded to element type e at the start of b.
func put(b []byte, e codec.Elem, v float64) {
	switch e {
	case codec.BF16:
		binary.LittleEndian.PutUint16(b, float.ToBF16(float.ToOdd(v)))
	case codec.F16:
		binary.LittleEndian.PutUint16(b, float.ToF16(float.ToOdd(v)))
	case codec.F32:
		binary.LittleEndian.PutUint32(b, math.Float32bits(float.Narrow(v)))
	default:
		binary.LittleEndian.PutUint64(b, math.Float64bits(float.Quiet(v)))
	}
}
