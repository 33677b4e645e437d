package predict

import (
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"dits/tensorstore/codec"
)

const (
	maxRank = 256
	// maxNumbers bounds those of both factors, and so what they take in memory: 2 bytes each, whatever few bytes
	// claim to hold them. A vocabulary of 2^18 may have the largest rank.
	maxNumbers = 1<<26 + 1<<24
	// The exponent's bounds keep the product of an int32 and 2^Exp a normal float32,
	// so that it is exact.
	minExp, maxExp = -120, 60
)

// Factors are the expected change of a tensor seen as a matrix: B·Aᵀ·2^Exp, where B
// has a row of Rank integers for each row of the tensor and A one for each column.
// Sums are int32 and wrap around.
type Factors struct {
	Rank int
	Exp  int
	B    []int16 // rows × Rank
	A    []int16 // width × Rank

	once  sync.Once
	pairs []int32 // see paired

	storing sync.Once
	stored  []byte // see append
}

func (f *Factors) width() int64 { return int64(len(f.A) / f.Rank) }

// scale is the power of two that sums are multiplied by.
func (f *Factors) scale() float32 { return float32(math.Ldexp(1, f.Exp)) }

// paired is A as kernels want it, made when it is first asked for: a row for numbers 2k and
// 2k+1 of all columns, both in one int32, the even one in the low half.
func (f *Factors) paired() []int32 {
	f.once.Do(func() {
		width := int(f.width())
		f.pairs = make([]int32, (f.Rank+1)/2*width)
		for j := range width {
			for k, v := range f.A[j*f.Rank:][:f.Rank] {
				f.pairs[k/2*width+j] |= int32(uint16(v)) << (k % 2 * 16)
			}
		}
	})
	return f.pairs
}

// append appends the stored form of f, which is kept: encoders ask for it time and again.
//
//	rank    uvarint
//	exp     1 byte, plus 128
//	length  uvarint, of B
//	B, A    as codec.AppendNumbers writes them
func (f *Factors) append(b []byte) []byte {
	f.storing.Do(func() {
		out := binary.AppendUvarint(nil, uint64(f.Rank))
		out = append(out, byte(f.Exp+128))
		left := codec.AppendNumbers(nil, f.B, f.Rank)
		f.stored = codec.AppendNumbers(appendBlock(out, left), f.A, f.Rank)
	})
	return append(b, f.stored...)
}

// parseFactors reads what append wrote for a matrix of rows times width.
func parseFactors(r *reader, rows, width int64) (*Factors, error) {
	f := &Factors{Rank: int(r.uvarint(maxRank)), Exp: int(r.byte()) - 128}
	left := r.block()
	if r.err != nil {
		return nil, r.err
	}
	if f.Rank < 1 || f.Exp < minExp || f.Exp > maxExp {
		return nil, fmt.Errorf("prediction: factors of rank %d times 2^%d, want rank 1 to %d, exponent %d to %d", f.Rank, f.Exp, maxRank, minExp, maxExp)
	}
	if !hasFactors(rows, width, f.Rank) {
		return nil, fmt.Errorf("prediction: factors of rank %d of %d rows and columns: more than %d numbers", f.Rank, rows+width, maxNumbers)
	}
	var err error
	if f.B, err = codec.ParseNumbers(left, rows*int64(f.Rank), f.Rank); err != nil {
		return nil, fmt.Errorf("prediction: left factor: %w", err)
	}
	if f.A, err = codec.ParseNumbers(r.rest, width*int64(f.Rank), f.Rank); err != nil {
		return nil, fmt.Errorf("prediction: right factor: %w", err)
	}
	return f, nil
}

// hasFactors says that a matrix of rows times width may have factors of a rank.
func hasFactors(rows, width int64, rank int) bool { return rows+width <= maxNumbers/int64(rank) }

// row sets sum to the products of row i of B with the rows of A from column j on.
func (f *Factors) row(sum []int32, i, j int64) {
	rank := f.Rank
	b := f.B[i*int64(rank):][:rank]
	a := f.A[j*int64(rank):][:len(sum)*rank]
	dots(sum, a, b)
}

// dots sets sum to the scalar products of the columns of a with b.
func dots(sum []int32, a, b []int16) {
	rank := len(b)
	for k := range sum {
		sum[k] = dot(a[k*rank:][:rank], b)
	}
}

// dot is the scalar product of two vectors of one length, modulo 2^32.
func dot(a, b []int16) int32 {
	var s, t, u, v int32
	b = b[:len(a)]
	for len(a) >= 4 && len(b) >= 4 {
		s += int32(a[0]) * int32(b[0])
		t += int32(a[1]) * int32(b[1])
		u += int32(a[2]) * int32(b[2])
		v += int32(a[3]) * int32(b[3])
		a, b = a[4:], b[4:]
	}
	for k := range a {
		s += int32(a[k]) * int32(b[k])
	}
	return s + t + u + v
}
