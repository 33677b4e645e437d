package tensorstore

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/tensorstore/choose"
	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
	"dits/tensorstore/predict"
)

// tensor is the bytes and shape of one tensor of a model.
func (m model) tensor(t *testing.T, name string) ([]byte, choose.Known) {
	t.Helper()
	for _, seg := range m.segments() {
		if seg.Kind == formats.Data && m.layout.Tensors[seg.Tensor].Name == name {
			x := m.layout.Tensors[seg.Tensor]
			return m.blob(seg), choose.Known{DType: x.DType, Shape: x.Shape}
		}
	}
	t.Fatalf("no tensor %q", name)
	return nil, choose.Known{}
}

// sizeOf is what storing b takes, packs and all, in a store that holds base.
func sizeOf(t *testing.T, b []byte, h choose.Known, base []byte, baseKnown choose.Known) int64 {
	t.Helper()
	s, _ := open(t, Options{})
	if base != nil {
		putAll(t, s, baseKnown, base)
		h = against(h, base)
	}
	before := packBytes(t, s)
	putAll(t, s, h, b)
	s.chunks.Purge()
	requireBlob(t, s, b)
	return packBytes(t, s) - before
}

// TestGrownFigure: a vocabulary that was grown and then trained costs the delta of its old rows and
// the new rows, wherever they are.
func TestGrownFigure(t *testing.T) {
	base, known := readModel(t, "base").tensor(t, "model.embed_tokens.weight")
	ft, _ := readModel(t, "ft-perl-2e5").tensor(t, "model.embed_tokens.weight")
	row := 2 * known.Shape[1]
	added := weights(7, 64*int(known.Shape[1]))
	apart := sizeOf(t, ft, known, base, known) + sizeOf(t, added, matrix(64, known.Shape[1]), nil, choose.Known{})
	for name, at := range map[string]int64{"end": known.Shape[0], "middle": 3001, "front": 0} {
		t.Run(name, func(t *testing.T) {
			grown := slices.Concat(ft[:at*row], added, ft[at*row:])
			got := sizeOf(t, grown, matrix(known.Shape[0]+64, known.Shape[1]), base, known)
			t.Logf("%d bytes, apart %d: %.4f", got, apart, float64(got)/float64(apart))
			require.LessOrEqual(t, float64(got), 1.02*float64(apart))
		})
	}
	t.Run("cut", func(t *testing.T) {
		cut := slices.Concat(ft[:1000*row], ft[1500*row:8000*row])
		got := sizeOf(t, cut, matrix(7500, known.Shape[1]), base, known)
		whole := float64(sizeOf(t, ft, known, base, known)) * 7500 / 8192
		t.Logf("%d bytes, share of the whole %.0f: %.4f", got, whole, float64(got)/whole)
		require.LessOrEqual(t, float64(got), 1.02*whole)
	})
}

// TestGrownTensors covers where rows may come and go, without the corpus.
func TestGrownTensors(t *testing.T) {
	const width, rows = 96, 2000
	base := weights(1, rows*width)
	ft := tuned(2, base)
	added := weights(3, 64*width)
	const row = 2 * width
	for name, c := range map[string]struct {
		bytes []byte
		runs  predict.Runs
	}{
		"end":               {slices.Concat(ft, added), predict.Runs{{Row: 0, Len: rows, Source: 0}}},
		"front":             {slices.Concat(added, ft), predict.Runs{{Row: 64, Len: rows, Source: 0}}},
		"middle":            {slices.Concat(ft[:777*row], added, ft[777*row:]), predict.Runs{{Row: 0, Len: 777, Source: 0}, {Row: 841, Len: rows - 777, Source: 777}}},
		"cut":               {ft[:1500*row], predict.Runs{{Row: 0, Len: 1500, Source: 0}}},
		"cut off the front": {ft[500*row:], predict.Runs{{Row: 0, Len: rows - 500, Source: 500}}},
		"cut and grown":     {slices.Concat(ft[:1000*row], ft[1400*row:], added), predict.Runs{{Row: 0, Len: 1000, Source: 0}, {Row: 1000, Len: 600, Source: 1400}}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, level := range []choose.Level{choose.DefaultLevel, choose.FastLevel, choose.MaxLevel} {
				s, x := open(t, Options{})
				putAll(t, s, matrix(rows, width), base)
				w := s.Begin(WriterOptions{Level: level})
				h := against(matrix(int64(len(c.bytes)/row), width), base)
				p := put(t, w, c.bytes, h)
				require.NoError(t, w.Flush())
				require.Equal(t, digest.Sum(base), p.Source)
				// A delta of this kind takes 3 bits a weight, new rows 11.
				require.Less(t, p.Stored, int64(len(c.bytes)/row*width/2+len(added)))
				s.chunks.Purge()
				requireBlob(t, s, c.bytes)
				requireClean(t, s)
				require.Equal(t, c.runs, headOf(t, s, c.bytes).By)
				alone := int64(0)
				for _, loc := range chunksOf(t, x, c.bytes) {
					if loc.Depth == 0 {
						require.EqualValues(t, codec.Fields, loc.Encoding)
						alone += loc.RawLen
					}
				}
				require.Equal(t, int64(len(c.bytes))-covered(c.runs, row), alone, "new rows have no source")
			}
		})
	}
}

// covered is how many bytes runs have.
func covered(runs predict.Runs, row int64) (n int64) {
	for _, r := range runs {
		n += r.Len * row
	}
	return n
}

// headOf is the prediction of a blob.
func headOf(t *testing.T, s *Store, b []byte) *predict.Prediction {
	t.Helper()
	_, head, err := s.lineage(digest.Sum(b))
	require.NoError(t, err)
	require.NotNil(t, head)
	return head
}

func chunksOf(t *testing.T, x *memIndex, b []byte) (out []Location) {
	t.Helper()
	blob, err := x.Blob(digest.Sum(b))
	require.NoError(t, err)
	for _, c := range blob.Chunks {
		out = append(out, x.records[key{1, c.ID}][0])
	}
	return out
}

// A relative with other rows altogether, with another row length or of another type is not used.
func TestRowsOfSomethingElse(t *testing.T) {
	base := weights(1, 2000*96)
	other := weights(2, 2100*96)
	for name, h := range map[string]choose.Known{
		"other rows":       matrix(2100, 96),
		"other row length": matrix(2100*3, 32),
		"another type":     {DType: "F16", Shape: []int64{2100, 96}},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t, Options{})
			putAll(t, s, matrix(2000, 96), base)
			h.Relatives = []choose.Relative{{Blob: digest.Sum(base), DType: "BF16"}}
			require.True(t, putAll(t, s, h, other)[0].Source.IsZero())
			requireBlob(t, s, other)
		})
	}
}

// A relative of the same shape that is no help does not hide one that has the rows.
func TestRowsOfTheBetterRelative(t *testing.T) {
	base, other := weights(1, 2000*96), weights(2, 2100*96)
	grown := slices.Concat(tuned(1, base), weights(3, 100*96))
	s, _ := open(t, Options{})
	putAll(t, s, matrix(2000, 96), base)
	putAll(t, s, matrix(2100, 96), other)
	h := against(matrix(2100, 96), other)
	h.Relatives = append(h.Relatives, choose.Relative{Blob: digest.Sum(base), DType: "BF16"})
	require.Equal(t, digest.Sum(base), putAll(t, s, h, grown)[0].Source)
	requireBlob(t, s, grown)
}

// A tensor whose last row is not whole, as no file has one, is stored all the same; so is one
// whose relative is such.
func TestRowsThatAreNotWhole(t *testing.T) {
	base := weights(1, 2000*96)
	h := matrix(2000, 96)
	s, _ := open(t, Options{})
	putAll(t, s, h, base, base[:len(base)-10])
	grown := slices.Concat(tuned(1, base), weights(2, 50))
	putAll(t, s, against(h, base), grown)
	requireBlob(t, s, grown)
	whole := tuned(2, base)
	require.False(t, putAll(t, s, against(h, base[:len(base)-10]), whole)[0].Source.IsZero())
	requireBlob(t, s, whole)
	// The bytes of the rows are there, in another type.
	cut := base[:1500*192]
	f16 := choose.Known{DType: "F16", Shape: []int64{1500, 96}, Relatives: against(h, base).Relatives}
	require.True(t, putAll(t, s, f16, tuned(3, cut))[0].Source.IsZero())
}

// A row that was moved somewhere else is found, as long as it did not go alone.
func TestRowsShuffledInBlocks(t *testing.T) {
	const width, row = 64, 128
	base := weights(1, 1000*width)
	var blocks [][]byte
	for i := range 10 {
		blocks = append(blocks, base[i*100*row:(i+1)*100*row])
	}
	r := rand.New(rand.NewPCG(3, 3))
	r.Shuffle(10, func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
	b := tuned(5, slices.Concat(append(blocks, base[:row*8])...))
	s, _ := open(t, Options{})
	putAll(t, s, matrix(1000, width), base)
	p := putAll(t, s, against(matrix(1008, width), base), b)[0]
	require.Equal(t, digest.Sum(base), p.Source)
	require.Less(t, p.Stored, int64(len(b)/2))
	requireBlob(t, s, b)
}
