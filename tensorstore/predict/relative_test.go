package predict

import (
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/codec"
	"dits/tensorstore/digest"
)

// TestRelativeOutside: elements that the tensor does not have are not read, though the source has them.
func TestRelativeOutside(t *testing.T) {
	store := blobs{}
	p := &Prediction{Kind: Relative, Elem: codec.F32, From: codec.F32, Elements: 10, Sources: []digest.ID{store.add(make([]byte, 100))}}
	in, err := p.Input(8, 8, store.open)
	require.NoError(t, err)
	require.Len(t, in.Pred, 8)
	for _, first := range []int64{-1, 9, 1 << 62} {
		_, err = p.Input(first, 8, store.open)
		require.ErrorContains(t, err, "elements", "first %d", first)
		require.ErrorContains(t, p.Predict(make([]byte, 8), first, store.open), "elements", "first %d", first)
	}
}
