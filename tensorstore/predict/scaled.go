package predict

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"dits/formats/float"
	"dits/tensorstore/codec"
)

// A Scaling is how a matrix is written in a type of few values: for each tile of it a scale, the largest
// magnitude in the tile over the largest of the type, and each value over its scale, rounded to nearest, ties to
// even. Weight-only int8 (a tile is a row), group-wise (a part of a row) and block-wise FP8 (a square) are of
// this form: compressed-tensors, bitsandbytes, quanto, DeepSeek's weight_scale_inv.
type Scaling struct {
	Rows, Columns      int64      // of the matrix
	TileRows, TileCols int64      // of a tile; at the edges tiles are cut off
	Largest            float32    // magnitude in the type: 127, 448
	Scale              codec.Elem // type of the scales: F32, F16 or BF16
	Given              float32    // the scale of all tiles where it is not their own; 0: it is
	Inverse            bool       // values are multiplied by the inverse of the scale, not divided by it
}

// scales is the rule of [Scales]: those of the tiles of the source.
type scales struct{ plain }

// scaled is the rule of [Scaled]: the values of the source over their scales.
type scaled struct{ plain }

func (scales) check(p *Prediction) error {
	return checkScaled(p, readable(p.From) && HasLowRank(p.Elem))
}

func (scaled) check(p *Prediction) error { return checkScaled(p, HasScaled(p.From, p.Elem)) }

func checkScaled(p *Prediction, ok bool) error {
	if !ok {
		return fmt.Errorf("prediction of kind %d: from element type %d to %d", p.Kind, p.From, p.Elem)
	}
	return nil
}

func (scales) parse(r *reader, p *Prediction) (Details, error) { return parseScaling(r, p) }

func (scaled) parse(r *reader, p *Prediction) (Details, error) { return parseScaling(r, p) }

func (scales) work(p *Prediction, n int64) (own, values int64) {
	s := p.By.(*Scaling)
	return s.work(p, n, s.across())
}

func (scaled) work(p *Prediction, n int64) (own, values int64) {
	s := p.By.(*Scaling)
	return s.work(p, n, s.TileRows*s.Columns)
}

// work is that of n bytes of p, of which each elements are of one row of tiles: these are read whole.
func (s *Scaling) work(p *Prediction, n, each int64) (own, values int64) {
	values = (n/int64(p.Elem.Size())/each + 2) * s.TileRows * s.Columns
	return values, values
}

// maxTile bounds the values of a row of tiles, which are read together.
const maxTile = 8 << 20

// append appends the stored form of s.
//
//	rows, columns, and those of a tile            unsigned varints
//	largest, given                                4 bytes each
//	scale                                         1 byte: the element type
//	inverse                                       1 byte: 0 or 1
func (s *Scaling) append(b []byte) []byte {
	for _, n := range []int64{s.Rows, s.Columns, s.TileRows, s.TileCols} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	b = appendFloat32(appendFloat32(b, s.Largest), s.Given)
	return appendFlag(append(b, byte(s.Scale)), s.Inverse)
}

// parseScaling reads what append wrote, for p.
func parseScaling(r *reader, p *Prediction) (*Scaling, error) {
	s := &Scaling{
		Rows: int64(r.uvarint(maxElements)), Columns: int64(r.uvarint(maxTile)),
		TileRows: int64(r.uvarint(maxTile)), TileCols: int64(r.uvarint(maxTile)),
		Largest: r.float32(), Given: r.float32(), Scale: codec.Elem(r.byte()), Inverse: r.flag(),
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	switch {
	case s.Columns == 0 || s.TileRows == 0 || s.TileCols == 0 || s.TileRows*s.Columns > maxTile:
		return nil, fmt.Errorf("prediction: tiles of %d by %d in rows of %d", s.TileRows, s.TileCols, s.Columns)
	case !(s.Largest > 0) || s.Largest > 1<<20:
		return nil, fmt.Errorf("prediction: largest magnitude %g", s.Largest)
	case !(s.Given >= 0) || math.IsInf(float64(s.Given), 1):
		return nil, fmt.Errorf("prediction: scale %g", s.Given)
	case !HasLowRank(s.Scale):
		return nil, errors.New("prediction: scales of a kind that is not known to this version of dits")
	case p.Kind == Scales && p.Elem != s.Scale:
		return nil, fmt.Errorf("prediction: scales have element type %d, want %d", p.Elem, s.Scale)
	case s.Rows > maxElements/s.Columns || s.Columns%perElement(p.From) != 0:
		return nil, fmt.Errorf("prediction: matrix of %d by %d in element type %d", s.Rows, s.Columns, p.From)
	case p.Elements != s.elements(p.Kind):
		return nil, fmt.Errorf("prediction: %d elements, want %d", p.Elements, s.elements(p.Kind))
	}
	return s, nil
}

// HasScaled says that values of element type from can predict those of type to, scaled.
func HasScaled(from, to codec.Elem) bool {
	return readable(from) && (to == codec.I8 || to == codec.E4M3)
}

// Count is how many scales there are.
func (s *Scaling) Count() int64 { return s.elements(Scales) }

// elements is how many a prediction of a kind has.
func (s *Scaling) elements(k Kind) int64 {
	if k == Scaled {
		return s.Rows * s.Columns
	}
	return (s.Rows + s.TileRows - 1) / s.TileRows * s.across()
}

// across is how many tiles lie side by side.
func (s *Scaling) across() int64 { return (s.Columns + s.TileCols - 1) / s.TileCols }

// scales are those of one row of tiles, which has the values v: whole rows.
func (s *Scaling) scales(v []float32) []float32 {
	most := make([]float32, s.across())
	if s.Given > 0 {
		for j := range most {
			most[j] = s.Given
		}
		return most
	}
	for len(v) > 0 {
		for j, x := range v[:s.Columns] {
			if x = abs(x); x > most[int64(j)/s.TileCols] {
				most[int64(j)/s.TileCols] = x
			}
		}
		v = v[s.Columns:]
	}
	for j, m := range most {
		if most[j] = m / s.Largest; most[j] == 0 {
			most[j] = 1
		}
	}
	roundIf(s.Scale != codec.F32, most, s.Scale)
	return most
}

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

func (scales) predict(p *Prediction, dst []byte, first int64, open Opener) error {
	src, err := p.source(open)
	if err != nil {
		return err
	}
	s, size := p.By.(*Scaling), p.Elem.Size()
	across := s.across()
	for len(dst) > 0 {
		v, err := s.read(src, p.From, first/across*s.TileRows)
		if err != nil {
			return err
		}
		out := make([]byte, int(across)*size)
		storeQuiet(out, p.Elem, s.scales(v))
		dst = dst[copy(dst, out[int(first%across)*size:]):]
		first += across - first%across
	}
	return nil
}

func (scaled) predict(p *Prediction, dst []byte, first int64, open Opener) error {
	src, err := p.source(open)
	if err != nil {
		return err
	}
	s := p.By.(*Scaling)
	tall := s.TileRows * s.Columns // values in a row of tiles
	for len(dst) > 0 {
		v, err := s.read(src, p.From, first/tall*s.TileRows)
		if err != nil {
			return err
		}
		n := min(int64(len(dst)), int64(len(v))-first%tall)
		s.quantise(dst[:n], v, first%tall, s.scales(v), p.Elem)
		dst, first = dst[n:], first+n
	}
	return nil
}

// read reads a row of tiles that begins with a row of the matrix.
func (s *Scaling) read(src io.ReaderAt, e codec.Elem, row int64) ([]float32, error) {
	n := min(s.TileRows, s.Rows-row)
	return readValues(src, e, row*s.Columns, int(n*s.Columns))
}

// quantise sets dst to the values of v from the given one on, each over its scale.
func (s *Scaling) quantise(dst []byte, v []float32, from int64, scales []float32, e codec.Elem) {
	for i := range dst {
		at := from + int64(i)
		x, scale := v[at], scales[at%s.Columns/s.TileCols]
		if s.Inverse {
			x = float32(x * float32(1/scale))
		} else {
			x = float32(x / scale)
		}
		x = max(-s.Largest, min(s.Largest, x))
		switch {
		case e != codec.E4M3:
			dst[i] = toInt8(x)
		case x != x: // the sign of one that was computed depends on the processor
			dst[i] = byte(math.Float32bits(v[at])>>24&0x80) | 0x7f
		default:
			dst[i] = float.ToE4M3(x)
		}
	}
}

// toInt8 is the integer nearest to x, ties to even; 0 for a NaN.
func toInt8(x float32) byte {
	if x != x {
		return 0
	}
	return byte(int8(max(-128, min(127, math.RoundToEven(float64(x))))))
}
