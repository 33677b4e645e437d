package tensorstore

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/formats/ggml"
	"dits/tensorstore/choose"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// quantsOf are BF16 numbers as blocks.
func quantsOf(t *testing.T, b []byte, typ ggml.Type, columns int, importance []float32) []byte {
	t.Helper()
	q := &ggml.Quantiser{Type: typ, Columns: columns, Weights: importance}
	out := make([]byte, int64(len(b)/2)/typ.BlockElems()*typ.BlockBytes())
	require.NoError(t, q.Rows(out, bf16Values(b)))
	return out
}

// bf16Values is BF16 numbers as float32.
func bf16Values(b []byte) []float32 {
	out := make([]float32, len(b)/2)
	for i := range out {
		out[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(b[2*i:])) << 16)
	}
	return out
}

// TestRowTooLongToQuantise: what no prediction may be is stored in another way.
func TestRowTooLongToQuantise(t *testing.T) {
	const columns = 1<<21 + 32
	base := weights(61, columns)
	quants := quantsOf(t, base, ggml.Q8_0, columns, nil)
	s, _ := open(t, Options{})
	putAll(t, s, matrix(1, columns), base)
	h := choose.Known{DType: "Q8_0", Shape: []int64{1, columns}, Relatives: []choose.Relative{{Blob: digest.Sum(base), DType: "BF16"}}}
	putAll(t, s, h, quants)
	s.chunks.Purge()
	requireBlob(t, s, quants)
}

// TestImportanceHasADepth: quants are as deep as the importance matrix that they need, for it may be a delta too.
func TestImportanceHasADepth(t *testing.T) {
	const rows, columns = 64, 512
	r := rand.New(rand.NewPCG(62, 63))
	importance := make([]float32, columns)
	var matrices [][]byte
	for version := range 3 {
		var raw []byte
		for i := range importance {
			importance[i] = float32(math.Exp(r.NormFloat64())) + float32(version)
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(importance[i]))
		}
		matrices = append(matrices, raw)
	}
	s, x := open(t, Options{})
	base := weights(64, rows*columns)
	putAll(t, s, matrix(rows, columns), base)
	// A delta of a delta: what a prediction of relatives is, by hand.
	prev := putForged(t, s, matrices)
	quants := quantsOf(t, base, ggml.Q4_K, columns, importance)
	h := choose.Known{DType: "Q4_K", Shape: []int64{rows, columns}, Relatives: []choose.Relative{{Blob: digest.Sum(base), DType: "BF16"}},
		Importance: []predict.Importance{{Blob: prev, Divisor: 1}}}
	p := putAll(t, s, h, quants)
	require.NotNil(t, p[0].Prediction.By.(*predict.Recipe).Importance)
	locs, err := x.Locate(pack.Chunk, digest.Sum(quants))
	require.NoError(t, err)
	require.EqualValues(t, 3, locs[0].Depth)
	s.chunks.Purge()
	requireBlob(t, s, quants)
}

// putForged stores each of some contents as the delta to the one before and returns the last.
func putForged(t *testing.T, s *Store, all [][]byte) digest.ID {
	t.Helper()
	w := s.Begin(WriterOptions{})
	defer w.Close()
	put(t, w, all[0], choose.Known{})
	require.NoError(t, w.Flush())
	for i, b := range all[1:] {
		p := &predict.Prediction{
			Kind: predict.Relative, Elem: codec.F32, From: codec.F32,
			Elements: int64(len(b) / 4), Sources: []digest.ID{digest.Sum(all[i])},
		}
		payload := p.Marshal()
		require.NoError(t, w.PutObject(pack.Prediction, digest.Sum(payload), payload))
		in, err := p.Input(0, len(b), s.opener(newReach()))
		require.NoError(t, err)
		delta, err := codec.For(codec.Delta)
		require.NoError(t, err)
		enc, ok := delta.Encode(nil, b, in)
		require.True(t, ok)
		e := pack.Entry{Kind: pack.Chunk, ID: digest.Sum(b), Encoding: uint8(codec.Delta), RawLen: int64(len(b)),
			Prediction: digest.Sum(payload), Depth: uint8(i + 1)}
		_, err = w.append(e, enc, nil)
		require.NoError(t, err)
		require.NoError(t, w.Flush())
	}
	return digest.Sum(all[len(all)-1])
}

// TestMergedAdapterAtTheFastLevel: there too a sample of a large tensor has whole rows.
func TestMergedAdapterAtTheFastLevel(t *testing.T) {
	const rows, columns, rank = 1001, 384, 4
	base, a, b := weights(65, rows*columns), weights(66, rank*columns), weights(67, rows*rank)
	s, _ := open(t, Options{})
	putAll(t, s, matrix(rows, columns), base)
	putAll(t, s, matrix(rank, columns), a)
	putAll(t, s, matrix(rows, rank), b)
	p := &predict.Prediction{Kind: predict.Merged, Elem: codec.BF16, From: codec.BF16, Elements: rows * columns, Width: columns, Sources: []digest.ID{digest.Sum(base)},
		By: &predict.Merge{A: digest.Sum(a), B: digest.Sum(b), Elem: codec.BF16, Rank: rank, Scale: 2}}
	merged := make([]byte, 2*rows*columns)
	require.NoError(t, p.Predict(merged, 0, s.opener(newReach())))
	h := against(matrix(rows, columns), base)
	h.Adapters = []choose.Adapter{{A: digest.Sum(a), B: digest.Sum(b), DType: "BF16", Rank: rank}}
	w := s.Begin(WriterOptions{Level: choose.FastLevel})
	defer w.Close()
	require.Equal(t, predict.Merged, put(t, w, merged, h).Prediction.Kind)
}

// TestExpertsOfAStack: each of the experts of a layer, the first too, comes from the tensor that has all, as it is
// or as quants.
func TestExpertsOfAStack(t *testing.T) {
	const experts, rows, columns = 4, 32, 256
	const values = rows * columns
	base := weights(68, experts*values)
	quants := quantsOf(t, base, ggml.Q8_0, columns, nil)
	for dtype, stack := range map[formats.DType][]byte{"BF16": base, "Q8_0": quants} {
		s, _ := open(t, Options{})
		putAll(t, s, choose.Known{DType: dtype, Shape: []int64{experts, rows, columns}}, stack)
		for i := range int64(experts) {
			h := choose.Known{DType: "F16", Shape: []int64{rows, columns}, Relatives: []choose.Relative{{Blob: digest.Sum(stack), DType: dtype, Part: true, Skip: i * values}}}
			expert := asHalves(t, base[2*i*values:][:2*values])
			if dtype == "Q8_0" {
				expert = halvesOf(t, stack[int64(len(stack))/experts*i:][:len(stack)/experts])
			}
			before := packBytes(t, s)
			p := putAll(t, s, h, expert)
			require.Equal(t, predict.Cast, p[0].Prediction.Kind, "%s %d", dtype, i)
			require.Less(t, packBytes(t, s)-before, int64(800), "%s %d", dtype, i)
			s.chunks.Purge()
			requireBlob(t, s, expert)
		}
	}
}

// halvesOf is Q8_0 as F16.
func halvesOf(t *testing.T, b []byte) []byte {
	t.Helper()
	n := int64(len(b)) / ggml.Q8_0.BlockBytes() * ggml.Q8_0.BlockElems()
	p := &predict.Prediction{Kind: predict.Cast, Elem: codec.F16, From: codec.BlockElem(ggml.Q8_0), Elements: n, Sources: []digest.ID{{1}}}
	out := make([]byte, 2*n)
	require.NoError(t, p.Predict(out, 0, openerOf(b)))
	return out
}
