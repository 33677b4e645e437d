package diff

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/repotest"
)

// A file against itself reads nothing: its bytes are behind a closed file, and reading them is an error.
func TestEqualReadsNothing(t *testing.T) {
	tensors := []repotest.Tensor{repotest.F32Tensor("h.0.attn.c_attn.weight", 1, 2), repotest.F32Tensor("empty"), repotest.F32Tensor("wte.weight", 3)}
	same := slices.Clone(tensors)
	path := filepath.Join(t.TempDir(), "m.safetensors")
	require.NoError(t, os.WriteFile(path, []byte(repotest.TensorsFile("", tensors...)), 0o666))
	closed := func(data string) *object.File {
		file, err := object.Scan(context.Background(), strings.NewReader(data), int64(len(data)), "m.safetensors", func(int64) {})
		require.NoError(t, err)
		src, err := os.Open(path)
		require.NoError(t, err)
		require.NoError(t, src.Close())
		return object.OnDisk(file, src)
	}
	diffs, err := diffTensors(context.Background(), closed(repotest.TensorsFile("x", tensors...)), closed(repotest.TensorsFile("y", tensors...)), Options{})
	require.NoError(t, err)
	require.Len(t, diffs, 3)
	for _, d := range diffs {
		require.Equal(t, TensorIdentical, d.Status)
		require.Zero(t, d.Changed)
		require.Zero(t, d.RelL2)
		require.EqualValues(t, 1, d.Cosine)
	}
	tensors[0].Data = repotest.F32s(1, 3)
	_, err = diffTensors(context.Background(), closed(repotest.TensorsFile("", tensors...)), closed(repotest.TensorsFile("", same...)), Options{})
	require.ErrorIs(t, err, os.ErrClosed, "what differs is read")
	diffs, err = diffTensors(context.Background(), closed(repotest.TensorsFile("", tensors...)), closed(repotest.TensorsFile("", same...)), Options{DigestsOnly: true})
	require.NoError(t, err)
	require.Equal(t, TensorChanged, diffs[0].Status)
}
