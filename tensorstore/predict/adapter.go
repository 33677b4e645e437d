package predict

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// An Adapter is a low-rank change of a matrix that lies in two blobs, as LoRA has it: scale·B·A is added
// to the weights, where A has Rank rows and B Rank columns (merge_and_unload of Hugging Face's peft).
type Adapter struct {
	A, B       digest.ID  // blobs: Rank by the matrix' columns, the matrix' rows by Rank
	Elem       codec.Elem // of A and B
	Rank       int64
	Scale      float32
	Order      MergeOrder
	Transposed bool // the matrix is that of a layer which stores it turned: the change is (scale·B·A)ᵀ
}

// A MergeOrder says where the arithmetic of a merge rounds to the matrix' element type besides its end; what
// is not rounded is float32. Numbers are on disk and never reused.
type MergeOrder uint8

const (
	roundedProduct MergeOrder = 1 << iota // B·A
	roundedChange                         // scale·B·A
	scaledB                               // the scale goes to B, not to B·A
	mergeOrders
)

// Rounds says which steps an order rounds: the product B·A, the change scale·B·A (of a folded scale, scale·B);
// and whether the scale is folded into B.
func (o MergeOrder) Rounds() (product, change, folded bool) {
	return o&roundedProduct != 0, o&roundedChange != 0, o&scaledB != 0
}

// MergeOrders are all that are known.
const MergeOrders = mergeOrders

const (
	maxAdapterRank = 1 << 12
	maxAdapter     = 1 << 23 // values of A
)

// append appends the stored form of a.
//
//	A, B         32 bytes each
//	elem         1 byte
//	rank         unsigned varint
//	scale        4 bytes
//	order        1 byte
//	transposed   1 byte: 0 or 1
func (a *Adapter) append(b []byte) []byte {
	b = append(append(b, a.A[:]...), a.B[:]...)
	b = append(b, byte(a.Elem))
	b = binary.AppendUvarint(b, uint64(a.Rank))
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(a.Scale))
	transposed := byte(0)
	if a.Transposed {
		transposed = 1
	}
	return append(b, byte(a.Order), transposed)
}

// unmarshalAdapter reads what append wrote, for p.
func unmarshalAdapter(b []byte, p *Prediction) (*Adapter, error) {
	r := reader{rest: b}
	a := &Adapter{A: r.digest(), B: r.digest(), Elem: codec.Elem(r.byte()), Rank: int64(r.uvarint(maxAdapterRank))}
	if raw := r.bytes(4); raw != nil {
		a.Scale = math.Float32frombits(binary.LittleEndian.Uint32(raw))
	}
	a.Order = MergeOrder(r.byte())
	transposed := r.byte()
	a.Transposed = transposed == 1
	switch {
	case r.err != nil:
		return nil, r.err
	case len(r.rest) != 0:
		return nil, fmt.Errorf("prediction: %d bytes after its end", len(r.rest))
	case p.Width == 0 || p.Elements%p.Width != 0 || !HasLowRank(p.Elem) || !HasLowRank(a.Elem):
		return nil, errors.New("prediction: an adapter of what is no matrix of floats")
	case a.Rank == 0 || a.Rank*max(p.Width, a.columns(p)) > maxAdapter:
		return nil, fmt.Errorf("prediction: adapter of rank %d for rows of %d", a.Rank, p.Width)
	case a.Order >= mergeOrders || transposed > 1:
		return nil, fmt.Errorf("prediction: merge in order %d is not known to this version of dits", a.Order)
	}
	return a, nil
}

// columns are those of A.
func (a *Adapter) columns(p *Prediction) int64 {
	if a.Transposed {
		return p.Elements / p.Width
	}
	return p.Width
}

// predictAdapted fills dst with the elements of src from index first on, changed by the adapter.
func (p *Prediction) predictAdapted(dst []byte, first int64, src io.ReaderAt, open Opener) error {
	size := int64(p.Elem.Size())
	if err := readFull(src, dst, first*size); err != nil {
		return err
	}
	f, err := p.Adapter.open(p, open)
	if err != nil {
		return err
	}
	change, old := make([]float32, p.Width), make([]float32, p.Width)
	source := make([]byte, p.Width*size)
	for n := int64(len(dst)) / size; n > 0; {
		i, j := first/p.Width, first%p.Width
		k := min(n, p.Width-j)
		if err := f.row(change[:k], i, j); err != nil {
			return err
		}
		p.Adapter.finish(change[:k], p.Elem)
		copy(source, dst[:k*size])
		load(old[:k], source, p.Elem)
		addChange(change[:k], old[:k])
		store(dst[:k*size], p.Elem, change[:k], source, p.Elem)
		dst, first, n = dst[k*size:], first+k, n-k
	}
	return nil
}

// addChange sets change to old plus change; to a NaN, which stands for old as it is, where old is not finite.
func addChange(change, old []float32) {
	for i, v := range old {
		if v-v != 0 {
			change[i] = float32(math.NaN())
		} else {
			change[i] = float32(v + change[i])
		}
	}
}

// finish makes sums of products the change.
func (a *Adapter) finish(sums []float32, e codec.Elem) {
	roundIf(a.Order&roundedProduct != 0, sums, e)
	if a.Order&scaledB == 0 {
		scale(sums, a.Scale)
		roundIf(a.Order&roundedChange != 0, sums, e)
	}
}

// An openAdapter has the factors of an adapter as the rows of the change need them: of the whole of one
// factor, and a row of the other at a time.
type openAdapter struct {
	*Adapter
	wide  []float32 // rank rows of the matrix' columns
	width int64
	src   io.ReaderAt // of the other factor
	tall  []float32   // of row at, rank numbers
	at    int64
	whole []float32 // A when it is the other factor, which has a row in a column
}

func (a *Adapter) open(p *Prediction, open Opener) (*openAdapter, error) {
	f := &openAdapter{Adapter: a, width: p.Width, at: -1, tall: make([]float32, a.Rank)}
	srcA, err := open(a.A)
	if err != nil {
		return nil, err
	}
	if f.src, err = open(a.B); err != nil {
		return nil, err
	}
	v, err := readValues(srcA, a.Elem, 0, int(a.Rank*a.columns(p)))
	if err != nil {
		return nil, err
	}
	if !a.Transposed {
		f.wide = v
		return f, nil
	}
	f.whole = v
	b, err := readValues(f.src, a.Elem, 0, int(a.Rank*p.Width))
	if err != nil {
		return nil, err
	}
	a.scaleB(b)
	f.wide = turned(b, a.Rank)
	return f, nil
}

// scaleB folds the scale into numbers of B where the order says so.
func (a *Adapter) scaleB(b []float32) {
	if a.Order&scaledB != 0 {
		scale(b, a.Scale)
		roundIf(a.Order&roundedChange != 0, b, a.Elem)
	}
}

// turned is a matrix with rows of n as one with n rows.
func turned(m []float32, n int64) []float32 {
	out := make([]float32, len(m))
	rows := int64(len(m)) / n
	for i := range rows {
		for k := range n {
			out[k*rows+i] = m[i*n+k]
		}
	}
	return out
}

// row sets dst to the sums of products of row i from column j on: float32, in the order of the rank.
func (f *openAdapter) row(dst []float32, i, j int64) error {
	if err := f.seek(i); err != nil {
		return err
	}
	clear(dst)
	for k, x := range f.tall {
		w := f.wide[int64(k)*f.width+j:][:len(dst)]
		for c := range dst {
			dst[c] = float32(dst[c] + float32(x*w[c]))
		}
	}
	return nil
}

// seek reads row i of the factor that has the matrix' rows.
func (f *openAdapter) seek(i int64) error {
	if f.at == i {
		return nil
	}
	f.at = i
	if f.Transposed {
		rows := int64(len(f.whole)) / f.Rank
		for k := range f.tall {
			f.tall[k] = f.whole[int64(k)*rows+i]
		}
		return nil
	}
	v, err := readValues(f.src, f.Elem, i*f.Rank, int(f.Rank))
	if err != nil {
		return err
	}
	f.scaleB(v)
	f.tall = v
	return nil
}

// AdapterChange is n values of scale·B·A from index first on, in rows of width, without any rounding; p is
// the matrix that the adapter is for.
func AdapterChange(a *Adapter, p *Prediction, width, first int64, n int, open Opener) ([]float32, error) {
	of := *p
	of.Width = width
	f, err := a.open(&of, open)
	if err != nil {
		return nil, err
	}
	out := make([]float32, n)
	for at := 0; at < n; {
		i, j := (first+int64(at))/width, (first+int64(at))%width
		k := min(n-at, int(width-j))
		if err := f.row(out[at:at+k], i, j); err != nil {
			return nil, err
		}
		at += k
	}
	scale(out, a.Scale)
	return out, nil
}
