package repo

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/digest"
)

// Tensors of other names are found by what they look like, but for those that are too small to gain by it.
func TestSmallTensorsAreNotSearchedFor(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for _, c := range []struct {
		side  int64
		found bool
	}{{11, false}, {128, true}} {
		f := newFixture(t)
		base := normal(rng, int(c.side*c.side))
		tuned := bytes.Clone(base)
		for i := 0; i < len(tuned); i += 40 {
			tuned[i] ^= 1
		}
		shape := []int64{c.side, c.side}
		f.put("a.safetensors", tensorsFile("", testTensor{Name: "one", DType: "BF16", Shape: shape, Data: base}))
		f.save("a")
		f.remove("a.safetensors")
		f.put("b.safetensors", tensorsFile("", testTensor{Name: "another", DType: "BF16", Shape: shape, Data: tuned}))
		f.save("b")
		_, source, err := f.Store.Source(digest.Sum(tuned))
		require.NoError(t, err)
		require.Equal(t, c.found, source == digest.Sum(base), "%d bytes", len(base))
	}
}
