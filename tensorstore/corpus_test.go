package tensorstore

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/formats/safetensors"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
)

// corpusDir has a larger family of real weights than the repository does.
const corpusDir = "../../shared/corpus/safetensors"

// A model is a file of tensors in memory.
type model struct {
	bytes  []byte
	layout *formats.Layout
}

func readModel(t *testing.T, name string) model {
	t.Helper()
	if underRace {
		t.Skip("size figures are checked without the race detector: make corpus")
	}
	b, err := os.ReadFile(filepath.Join(corpusDir, name+".safetensors"))
	if os.IsNotExist(err) {
		t.Skip("the corpus is not here: the size figures were not checked")
	}
	require.NoError(t, err)
	l, err := formats.Parse(bytes.NewReader(b), int64(len(b)), name+".safetensors", safetensors.Parser{})
	require.NoError(t, err)
	require.Equal(t, "safetensors", l.Format)
	return model{b, l}
}

func (m model) blob(s formats.Segment) []byte { return m.bytes[s.Off : s.Off+s.Len] }

// putModel stores a model against another and returns the bytes that all packs grew by.
func putModel(t *testing.T, s *Store, m, base model) int64 {
	t.Helper()
	relatives := map[string]digest.ID{}
	for _, seg := range base.segments() {
		if seg.Kind == formats.Data {
			relatives[base.layout.Tensors[seg.Tensor].Name] = digest.Sum(base.blob(seg))
		}
	}
	before := packBytes(t, s)
	w := s.Begin(WriterOptions{})
	defer w.Close()
	for _, seg := range m.segments() {
		h := choose.Known{}
		if seg.Kind == formats.Data {
			tensor := m.layout.Tensors[seg.Tensor]
			h = choose.Known{DType: tensor.DType, Shape: tensor.Shape}
			if id, ok := relatives[tensor.Name]; ok {
				h.Relatives = []choose.Relative{{Blob: id, DType: tensor.DType}}
			}
		}
		put(t, w, m.blob(seg), h)
	}
	require.NoError(t, w.Flush())
	return packBytes(t, s) - before
}

func (m model) segments() []formats.Segment {
	if m.layout == nil {
		return nil
	}
	return m.layout.Segments
}

func packBytes(t *testing.T, s *Store) (n int64) {
	t.Helper()
	files, err := os.ReadDir(s.packDir())
	require.NoError(t, err)
	for _, f := range files {
		info, err := f.Info()
		require.NoError(t, err)
		n += info.Size()
	}
	return n
}

// TestCorpusFigures holds the sizes that the project promises, packs and all.
func TestCorpusFigures(t *testing.T) {
	base := readModel(t, "base")
	s, _ := open(t, Options{})
	percent := 100 * float64(putModel(t, s, base, model{})) / float64(len(base.bytes))
	t.Logf("base: %.2f%% of its bytes", percent)
	require.LessOrEqual(t, percent, 64.5)
	for _, c := range []struct {
		name string
		bits float64
	}{
		{"ft-perl-2e5", 5.25},
		{"ft-py-1e4", 6.95},
		{"ft-frozen", 2.30},
		{"merged-lora", 1.08},
	} {
		s, _ := open(t, Options{})
		putModel(t, s, base, model{})
		m := readModel(t, c.name)
		bits := 16 * float64(putModel(t, s, m, base)) / float64(len(m.bytes))
		t.Logf("%s: %.3f bits a weight", c.name, bits)
		require.LessOrEqual(t, bits, c.bits, c.name)
		for _, seg := range m.segments() {
			requireBlob(t, s, m.blob(seg))
		}
	}
}
