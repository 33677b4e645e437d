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

// merged is the rule of [Merged]: the values of the source with an adapter merged.
type merged struct{ plain }

// work counts that a whole factor is read, and that each element is a sum.
func (q merged) work(p *Prediction, n int64) (own, values int64) {
	m := p.By.(*Merge)
	_, values = q.plain.work(p, n)
	return m.whole(p) + m.Rank*values/32, values
}

func (merged) blobs(p *Prediction) []digest.ID {
	if m, ok := p.By.(*Merge); ok {
		return []digest.ID{m.A, m.B}
	}
	return nil
}

// A Merge is how an adapter was merged into a matrix, a low-rank change that lies in two blobs, as LoRA has it:
// scale·B·A is added to the weights, where A has Rank rows and B Rank columns (merge_and_unload of Hugging
// Face's peft).
type Merge struct {
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
	maxMergeRank   = 1 << 12
	maxMergeValues = 1 << 23 // of A
)

// append appends the stored form of a.
//
//	A, B         32 bytes each
//	elem         1 byte
//	rank         unsigned varint
//	scale        4 bytes
//	order        1 byte
//	transposed   1 byte: 0 or 1
func (m *Merge) append(b []byte) []byte {
	b = append(append(b, m.A[:]...), m.B[:]...)
	b = append(b, byte(m.Elem))
	b = binary.AppendUvarint(b, uint64(m.Rank))
	b = appendFloat32(b, m.Scale)
	return appendFlag(append(b, byte(m.Order)), m.Transposed)
}

// parse reads what append wrote.
func (merged) parse(r *reader, p *Prediction) (Details, error) {
	m := &Merge{
		A: r.digest(), B: r.digest(), Elem: codec.Elem(r.byte()), Rank: int64(r.uvarint(maxMergeRank)),
		Scale: r.float32(), Order: MergeOrder(r.byte()), Transposed: r.flag(),
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	switch {
	case p.Width == 0 || p.Elements%p.Width != 0 || !HasLowRank(p.Elem) || !HasLowRank(m.Elem):
		return nil, errors.New("prediction: an adapter merged into what is no matrix of floats")
	case m.Rank == 0 || m.Rank*max(p.Width, m.columns(p)) > maxMergeValues:
		return nil, fmt.Errorf("prediction: adapter of rank %d merged into rows of %d", m.Rank, p.Width)
	case m.Order >= mergeOrders:
		return nil, fmt.Errorf("prediction: merge in order %d is not known to this version of dits", m.Order)
	}
	return m, nil
}

// columns are those of A.
func (m *Merge) columns(p *Prediction) int64 {
	if m.Transposed {
		return p.Elements / p.Width
	}
	return p.Width
}

// whole is how many values are read of the factors, however little of the matrix is asked for.
func (m *Merge) whole(p *Prediction) int64 {
	if m.Transposed {
		return m.Rank * (p.Width + m.columns(p))
	}
	return m.Rank * m.columns(p)
}

func (merged) predict(p *Prediction, dst []byte, first int64, open Opener) error {
	if err := (relative{}).predict(p, dst, first, open); err != nil {
		return err
	}
	m, size := p.By.(*Merge), int64(p.Elem.Size())
	f, err := m.open(p, open)
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
		m.finish(change[:k], p.Elem)
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
func (m *Merge) finish(sums []float32, e codec.Elem) {
	roundIf(m.Order&roundedProduct != 0, sums, e)
	if m.Order&scaledB == 0 {
		scale(sums, m.Scale)
		roundIf(m.Order&roundedChange != 0, sums, e)
	}
}

// An openMerge has the factors of an adapter as the rows of the change need them: of the whole of one
// factor, and a row of the other at a time.
type openMerge struct {
	*Merge
	wide  []float32 // rank rows of the matrix' columns
	width int64
	src   io.ReaderAt // of the other factor
	tall  []float32   // of row at, rank numbers
	at    int64
	whole []float32 // A when it is the other factor, which has a row in a column
}

func (m *Merge) open(p *Prediction, open Opener) (*openMerge, error) {
	f := &openMerge{Merge: m, width: p.Width, at: -1, tall: make([]float32, m.Rank)}
	srcA, err := open(m.A)
	if err != nil {
		return nil, err
	}
	if f.src, err = open(m.B); err != nil {
		return nil, err
	}
	v, err := readValues(srcA, m.Elem, 0, int(m.Rank*m.columns(p)))
	if err != nil {
		return nil, err
	}
	if !m.Transposed {
		f.wide = v
		return f, nil
	}
	f.whole = v
	b, err := readValues(f.src, m.Elem, 0, int(m.Rank*p.Width))
	if err != nil {
		return nil, err
	}
	m.scaleB(b)
	f.wide = turned(b, m.Rank)
	return f, nil
}

// scaleB folds the scale into numbers of B where the order says so.
func (m *Merge) scaleB(b []float32) {
	if m.Order&scaledB != 0 {
		scale(b, m.Scale)
		roundIf(m.Order&roundedChange != 0, b, m.Elem)
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
func (f *openMerge) row(dst []float32, i, j int64) error {
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
func (f *openMerge) seek(i int64) error {
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

// Change is n values of scale·B·A from index first on, in rows of width, without any rounding; p is the matrix
// that the adapter is for.
func (m *Merge) Change(p *Prediction, width, first int64, n int, open Opener) ([]float32, error) {
	of := *p
	of.Width = width
	f, err := m.open(&of, open)
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
	scale(out, m.Scale)
	return out, nil
}
