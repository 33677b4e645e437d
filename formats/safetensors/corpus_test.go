package safetensors_test

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"testing"

	"dits/formats"
	"dits/formats/safetensors"
)

// TestCorpus compares with what encoding/json makes of the same headers.
func TestCorpus(t *testing.T) {
	for _, path := range corpus(t) {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		l, err := parse(file)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if err := l.Validate(); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		n := binary.LittleEndian.Uint64(file)
		var header map[string]struct {
			DType formats.DType `json:"dtype"`
			Range []int64       `json:"data_offsets"`
		}
		if err := json.Unmarshal(file[8:8+n], &header); err != nil {
			t.Fatal(err)
		}
		delete(header, "__metadata__")
		if len(header) != len(l.Tensors) || len(header) == 0 {
			t.Errorf("%s: got %d tensors, want %d", path, len(l.Tensors), len(header))
		}
		for _, x := range l.Tensors {
			want := header[x.Name]
			if x.DType != want.DType || x.Off != 8+int64(n)+want.Range[0] || x.Len != want.Range[1]-want.Range[0] {
				t.Errorf("%s: got %+v, want %+v", path, x, want)
			}
		}
	}
}

// BenchmarkParse reads the header of a corpus file, in bytes of header.
func BenchmarkParse(b *testing.B) {
	f, err := os.Open("../../../shared/corpus/safetensors/base.safetensors")
	if err != nil {
		b.Skip("the corpus is absent")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		l, err := safetensors.Parser{}.Parse(f, info.Size())
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(l.Segments[0].Len)
	}
}
