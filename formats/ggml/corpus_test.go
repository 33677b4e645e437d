package ggml_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"dits/formats/ggml"
	"dits/formats/gguf"
)

var corpusDir = filepath.Join("..", "..", "..", "shared", "corpus", "gguf")

// A tensor is one of a GGUF file: rows of columns values in blocks of a type.
type tensor struct {
	kind    ggml.Type
	columns int
	data    []byte
}

// readTensors returns the tensors of a corpus file by name. It skips the test if
// there is no corpus beside the checkout.
func readTensors(t testing.TB, name string) map[string]tensor {
	t.Helper()
	if underRace {
		t.Skip("the corpus is long: it is replayed without the race detector")
	}
	file, err := os.ReadFile(filepath.Join(corpusDir, name))
	if err != nil {
		t.Skipf("the corpus is absent: %v", err)
	}
	h, err := gguf.ReadHeader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	tensors := make(map[string]tensor)
	for _, x := range h.Tensors {
		kind, ok := ggml.ByName(string(x.DType))
		if !ok {
			t.Fatalf("%s: %s is %s", name, x.Name, x.DType)
		}
		tensors[x.Name] = tensor{kind, int(x.Shape[len(x.Shape)-1]), file[x.Off : x.Off+x.Len]}
	}
	return tensors
}

func (x tensor) values(t testing.TB) []float32 {
	t.Helper()
	values := make([]float32, int64(len(x.data))/x.kind.BlockBytes()*x.kind.BlockElems())
	if err := x.kind.Dequantise(values, x.data); err != nil {
		t.Fatal(err)
	}
	return values
}

// ladder has the corpus files that llama.cpp made from base-F16.gguf.
var ladder = []string{
	"base-Q2_K.gguf", "base-Q3_K_M.gguf", "base-Q4_0.gguf", "base-Q4_K_M.gguf", "base-Q4_K_S.gguf",
	"base-Q5_K_M.gguf", "base-Q6_K.gguf", "base-Q8_0.gguf", "base-IQ4_XS.gguf", "base-Q4_K_M-imatrix.gguf",
}

// TestCorpusReplay makes every quant of the corpus again from its source, byte for
// byte.
func TestCorpusReplay(t *testing.T) {
	source := readTensors(t, "base-F16.gguf")
	for _, name := range ladder {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var weights map[string][]float32
			if name == "base-Q4_K_M-imatrix.gguf" {
				weights = readImatrix(t)
			}
			for tensorName, want := range readTensors(t, name) {
				if !want.kind.CanQuantise() {
					t.Errorf("%s: no quantiser for %v", tensorName, want.kind)
					continue
				}
				q := ggml.Quantiser{Type: want.kind, Columns: want.columns, Weights: weights[tensorName]}
				got := make([]byte, len(want.data))
				if err := q.Rows(got, source[tensorName].values(t)); err != nil {
					t.Fatal(err)
				}
				if n := differing(got, want.data, want.kind); n > 0 {
					t.Errorf("%s: %d of %d %v blocks differ", tensorName, n, len(got)/int(want.kind.BlockBytes()), want.kind)
				}
			}
		})
	}
}

// differing counts the blocks that are not equal.
func differing(got, want []byte, kind ggml.Type) (n int) {
	size := int(kind.BlockBytes())
	for at := 0; at < len(want); at += size {
		if !bytes.Equal(got[at:at+size], want[at:at+size]) {
			n++
		}
	}
	return n
}

// readImatrix reads the importance matrix of the corpus in the legacy form: a count
// of entries, and for each a name, a number of calls, and the sums of squares, which
// llama-quantize divides by the calls.
func readImatrix(t testing.TB) map[string][]float32 {
	t.Helper()
	if underRace {
		t.Skip("the corpus is long: it is replayed without the race detector")
	}
	file, err := os.ReadFile(filepath.Join(corpusDir, "base.imatrix"))
	if err != nil {
		t.Skipf("the corpus is absent: %v", err)
	}
	word := func() int {
		n := binary.LittleEndian.Uint32(file)
		file = file[4:]
		return int(n)
	}
	weights := make(map[string][]float32)
	for range word() {
		n := word()
		name := string(file[:n])
		file = file[n:]
		calls := float32(word())
		values := make([]float32, word())
		for i := range values {
			values[i] = math.Float32frombits(uint32(word())) / calls
		}
		weights[name] = values
	}
	return weights
}
