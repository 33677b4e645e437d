package gguf_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"dits/formats/gguf"

	"github.com/stretchr/testify/assert"
)

// corpus returns the GGUF files beside the checkout.
func corpus(t *testing.T) []string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "corpus", "gguf")
	paths, err := filepath.Glob(filepath.Join(dir, "*.gguf"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Skipf("the corpus is absent: no *.gguf in %s", dir)
	}
	return paths
}

// TestCorpus holds that a ladder has the same tensors in every type, and that
// both ways of reading agree.
func TestCorpus(t *testing.T) {
	shapes := map[string]string{}
	for _, path := range corpus(t) {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		h, err := gguf.ReadHeader(f, info.Size())
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		l, err := gguf.Parser{}.Parse(f, info.Size())
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if err := l.Validate(); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		assert.Equal(t, h.Tensors, l.Tensors, "%s: ReadHeader, Parse", path)
		assert.NotEmpty(t, l.Tensors, path)
		if arch, ok := valueOf(h, "general.architecture").(string); !ok || arch == "" {
			t.Errorf("%s: general.architecture: got %v", path, valueOf(h, "general.architecture"))
		}
		for _, x := range l.Tensors {
			shape := fmt.Sprint(x.Shape)
			if want, seen := shapes[x.Name]; seen && want != shape {
				t.Errorf("%s: %s: got %s, want %s", path, x.Name, shape, want)
			}
			shapes[x.Name] = shape
		}
	}
}

// BenchmarkParse and BenchmarkReadHeader read a corpus file, in bytes of header.
func BenchmarkParse(b *testing.B) {
	benchmark(b, func(f *os.File, size int64) (int64, error) {
		l, err := gguf.Parser{}.Parse(f, size)
		return l.Segments[0].Len, err
	})
}

func BenchmarkReadHeader(b *testing.B) {
	benchmark(b, func(f *os.File, size int64) (int64, error) {
		h, err := gguf.ReadHeader(f, size)
		return h.Len, err
	})
}

func benchmark(b *testing.B, read func(*os.File, int64) (int64, error)) {
	f, err := os.Open("../../../shared/corpus/gguf/base-Q4_K_M.gguf")
	if err != nil {
		b.Skip("the corpus is absent")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		n, err := read(f, info.Size())
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(n)
	}
}
