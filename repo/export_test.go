package repo

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// reads counts what fn reads of the catalog, by kind: "manifest", "blob", "chunk". What fn starts
// may read side by side.
func (f *fixture) reads(fn func()) map[string]int {
	var mu sync.Mutex
	counts := map[string]int{}
	f.Catalog.Trace = func(what string) {
		kind, _, _ := strings.Cut(what, " ")
		mu.Lock()
		defer mu.Unlock()
		counts[kind]++
	}
	defer func() { f.Catalog.Trace = nil }()
	fn()
	return counts
}

// However many tensors are chosen, the revision is resolved and the manifest read once.
func TestExportReadsTheManifestOnce(t *testing.T) {
	f := newFixture(t)
	tensors := make([]testTensor, 20)
	for i := range tensors {
		tensors[i] = testTensor{Name: fmt.Sprint("t", i), DType: "F32", Shape: []int64{1}, Data: f32s(float32(i))}
	}
	f.put("m.safetensors", tensorsFile("", tensors...))
	f.save("model")
	var out bytes.Buffer
	some := f.reads(func() {
		require.NoError(t, f.Export(context.Background(), "HEAD", "m.safetensors", []string{"t*"}, &out))
	})
	require.Equal(t, 1, some["manifest"])
	whole := f.reads(func() {
		require.NoError(t, f.Cat(context.Background(), "HEAD", "m.safetensors", CatOptions{}, &bytes.Buffer{}))
	})
	require.Equal(t, whole["commit"], some["commit"])
	require.Equal(t, whole["tree"], some["tree"])
	require.LessOrEqual(t, some["blob"], whole["blob"]+1, "the header is read for its metadata")
}
