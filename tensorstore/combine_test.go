package tensorstore

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// mean is the model half way between two of BF16, computed in float32 and rounded.
func mean(a, b model) model {
	m := model{bytes.Clone(a.bytes), a.layout}
	for _, seg := range a.segments() {
		if seg.Kind == formats.Data {
			copy(m.blob(seg), merged(func(x []float32) float32 { return 0.5*x[0] + 0.5*x[1] }, a.blob(seg), b.blob(seg)))
		}
	}
	return m
}

// merged is a tensor of BF16 computed from the same elements of others, to nearest, ties to even.
func merged(f func([]float32) float32, of ...[]byte) []byte {
	out := make([]byte, len(of[0]))
	x := make([]float32, len(of))
	for i := 0; i+1 < len(out); i += 2 {
		for k, b := range of {
			x[k] = bf16(b[i:])
		}
		binary.LittleEndian.PutUint16(out[i:], toBF16(f(x)))
	}
	return out
}

func bf16(b []byte) float32 {
	return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16)
}

// toBF16 is the nearest by search from below: there are two to choose from.
func toBF16(v float32) uint16 {
	lo := uint16(math.Float32bits(v) >> 16)
	hi := lo + 1
	below := math.Abs(float64(v) - float64(math.Float32frombits(uint32(lo)<<16)))
	above := math.Abs(float64(v) - float64(math.Float32frombits(uint32(hi)<<16)))
	if above < below || above == below && hi&1 == 0 {
		return hi
	}
	return lo
}

// putFamily stores a model against others and returns the bytes that all packs grew by.
func putFamily(t *testing.T, s *Store, l choose.Level, m model, others ...model) int64 {
	t.Helper()
	relatives := map[string][]choose.Relative{}
	for _, o := range others {
		for _, seg := range o.segments() {
			if seg.Kind == formats.Data {
				x := o.layout.Tensors[seg.Tensor]
				relatives[x.Name] = append(relatives[x.Name], choose.Relative{Blob: digest.Sum(o.blob(seg)), DType: x.DType})
			}
		}
	}
	before := packBytes(t, s)
	w := s.Begin(WriterOptions{Level: l})
	defer w.Close()
	for _, seg := range m.segments() {
		h := choose.Known{}
		if seg.Kind == formats.Data {
			x := m.layout.Tensors[seg.Tensor]
			h = choose.Known{DType: x.DType, Shape: x.Shape, Relatives: relatives[x.Name]}
		}
		put(t, w, m.blob(seg), h)
	}
	require.NoError(t, w.Flush())
	return packBytes(t, s) - before
}

// TestMeanFigure holds what a merge of two fine-tunes may cost, both deltas to a base.
func TestMeanFigure(t *testing.T) {
	base, perl, py := readModel(t, "base"), readModel(t, "ft-perl-2e5"), readModel(t, "ft-py-1e4")
	m := mean(perl, py)
	for _, c := range []struct {
		name  string
		level choose.Level
		bits  float64
	}{{"default", choose.DefaultLevel, 0.05}, {"max", choose.MaxLevel, 0.05}, {"fast", choose.FastLevel, 0.05}} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := open(t, Options{})
			putFamily(t, s, c.level, base)
			putFamily(t, s, c.level, perl, base)
			putFamily(t, s, c.level, py, base, perl)
			bits := 16 * float64(putFamily(t, s, c.level, m, base, perl, py)) / float64(len(m.bytes))
			t.Logf("%.4f bits a weight", bits)
			require.LessOrEqual(t, bits, c.bits)
			s.chunks.Purge()
			for _, seg := range m.segments() {
				requireBlob(t, s, m.blob(seg))
			}
		})
	}
}

// f32s are BF16 numbers as F32, moved below what BF16 can tell.
func f32s(b []byte, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 3))
	out := make([]byte, 0, 2*len(b))
	for i := 0; i < len(b); i += 2 {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(bf16(b[i:])+float32(r.NormFloat64()*1e-5)))
	}
	return out
}

// family puts a base and n fine-tunes of it, each coded against the base, and returns all.
func family(t *testing.T, s *Store, h choose.Known, base []byte, tunes ...[]byte) choose.Known {
	t.Helper()
	putAll(t, s, h, base)
	for _, b := range tunes {
		putAll(t, s, against(h, base), b)
	}
	for _, b := range append([][]byte{base}, tunes...) {
		h.Relatives = append(h.Relatives, choose.Relative{Blob: digest.Sum(b), DType: h.DType})
	}
	return h
}

// Merges as tools make them cost next to nothing.
func TestMerges(t *testing.T) {
	base := weights(1, 300*400)
	a, b := tuned(2, base), tuned(3, base)
	for name, c := range map[string]struct {
		merge []byte
		order predict.Order
		coefs []float32
	}{
		"mean":   {merged(func(x []float32) float32 { return (x[1] + x[2]) / 2 }, base, a, b), predict.Sum, []float32{0.5, 0.5}},
		"linear": {merged(func(x []float32) float32 { return float32(0.3*x[1]) + float32(0.7*x[2]) }, base, a, b), predict.Sum, []float32{0.3, 0.7}},
		"task arithmetic": {merged(func(x []float32) float32 { return x[0] + float32(0.5*(x[1]-x[0])) + float32(0.75*(x[2]-x[0])) }, base, a, b),
			predict.Sum, []float32{-0.25, 0.5, 0.75}},
		"a checkpoint further on": {merged(func(x []float32) float32 { return x[1] + float32(0.5*(x[1]-x[0])) }, base, a), predict.Sum, []float32{-0.5, 1.5}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, level := range []choose.Level{choose.DefaultLevel, choose.FastLevel, choose.MaxLevel} {
				s, _ := open(t, Options{})
				h := family(t, s, matrix(300, 400), base, a, b)
				w := s.Begin(WriterOptions{Level: level})
				p := put(t, w, c.merge, h)
				require.NoError(t, w.Flush())
				s.chunks.Purge()
				requireBlob(t, s, c.merge)
				require.Less(t, p.Stored, int64(len(c.merge)/100))
				head := headOf(t, s, c.merge)
				require.Equal(t, &predict.Combination{Order: c.order, Coefs: c.coefs}, head.By)
				depth, _, err := s.lineage(digest.Sum(c.merge))
				require.NoError(t, err)
				require.EqualValues(t, 2, depth)
				sources, err := s.Sources(digest.Sum(head.Marshal()))
				require.NoError(t, err)
				require.Len(t, sources, len(c.coefs), "fsck and gc follow every one")
				requireClean(t, s)
			}
		})
	}
}

// The sources may be of another type than the merge.
func TestMergesOfOtherTypes(t *testing.T) {
	base := weights(1, 200*300)
	x, a, b := f32s(base, 1), f32s(tuned(2, base), 2), f32s(tuned(3, base), 3)
	exact, rounded := make([]byte, len(x)), make([]byte, len(base))
	for i := 0; i < len(x); i += 4 {
		// The conversions keep Go from fusing, which it does with GOAMD64=v3 and on arm64.
		v := float32(0.4*math.Float32frombits(binary.LittleEndian.Uint32(a[i:]))) + float32(0.6*math.Float32frombits(binary.LittleEndian.Uint32(b[i:])))
		binary.LittleEndian.PutUint32(exact[i:], math.Float32bits(v))
		binary.LittleEndian.PutUint16(rounded[i/2:], toBF16(v))
	}
	s, _ := open(t, Options{})
	h := family(t, s, choose.Known{DType: "F32", Shape: []int64{200, 300}}, x, a, b)
	p := putAll(t, s, h, exact)[0]
	require.Less(t, p.Stored, int64(len(exact)/50))
	requireBlob(t, s, exact)
	// One more relative is of the merge's own type.
	putAll(t, s, matrix(200, 300), base)
	h.Relatives = append(against(matrix(200, 300), base).Relatives, h.Relatives...)
	h.DType = "BF16"
	p = putAll(t, s, h, rounded)[0]
	require.Less(t, p.Stored, int64(len(rounded)/50))
	require.Equal(t, predict.Combined, headOf(t, s, rounded).Kind)
	requireBlob(t, s, rounded)
}

// A source that is as deep as may be is not used, and one that is no help neither.
func TestCombinationsKeepTheDepth(t *testing.T) {
	base := weights(1, 300*400)
	a, b := tuned(2, base), tuned(3, base)
	m := merged(func(x []float32) float32 { return 0.5*x[0] + 0.5*x[1] }, a, b)
	s, _ := open(t, Options{Depth: 1})
	h := family(t, s, matrix(300, 400), base, a, b)
	putAll(t, s, h, m)
	requireBlob(t, s, m)
	depth, head, err := s.lineage(digest.Sum(m))
	require.NoError(t, err)
	require.EqualValues(t, 1, depth)
	require.Equal(t, predict.Relative, head.Kind)
	require.Equal(t, []digest.ID{digest.Sum(base)}, head.Sources)
}

func TestNoCombinationWhereOneSourceDoes(t *testing.T) {
	base := weights(1, 300*400)
	a, b := tuned(2, base), tuned(3, base)
	next := tuned(4, a)
	s, _ := open(t, Options{Depth: 3})
	h := family(t, s, matrix(300, 400), base, a, b)
	putAll(t, s, h, next)
	head := headOf(t, s, next)
	require.Equal(t, predict.Relative, head.Kind)
	require.Equal(t, []digest.ID{digest.Sum(a)}, head.Sources)
}

// A longer chain has to be worth it.
func TestAShorterChainIsPreferred(t *testing.T) {
	base := weights(1, 300*400)
	few := len(base) / 50
	near := append(tuned(2, base[:few]), base[few:]...)
	s, _ := open(t, Options{})
	h := family(t, s, matrix(300, 400), base, near)
	slices.Reverse(h.Relatives)
	other := append(bytes.Clone(near[:few]), tuned(3, base[few:])...) // 2% cheaper against near
	require.Equal(t, digest.Sum(base), putAll(t, s, h, other)[0].Source)
	copied := bytes.Clone(near)
	copied[100] ^= 1
	require.Equal(t, digest.Sum(near), putAll(t, s, h, copied)[0].Source)
}

// A source that is damaged after it was used takes the merge along, says so, and no more.
func TestAMergeOfADamagedSource(t *testing.T) {
	base := weights(1, 300*400)
	a, b := tuned(2, base), tuned(3, base)
	m := merged(func(x []float32) float32 { return 0.5*x[0] + 0.5*x[1] }, a, b)
	s, x := open(t, Options{})
	h := family(t, s, matrix(300, 400), base, a, b)
	putAll(t, s, h, m)
	loc := chunksOf(t, x, b)[0]
	flip(t, s.packs.path(loc.Pack), loc.Off+loc.Len/2)
	s.chunks.Purge()
	_, err := read(s, digest.Sum(m))
	require.ErrorIs(t, err, ErrCorrupt)
	require.ErrorContains(t, err, digest.Sum(b).String())
	requireBlob(t, s, a)
}
