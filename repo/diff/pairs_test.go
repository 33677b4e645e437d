package diff

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
)

// pairs are keys with their values, a uint32 each.
type pairs map[string]uint32

// ggufOf is an open GGUF file with those pairs and no tensor.
func ggufOf(t *testing.T, p pairs) *object.File {
	t.Helper()
	b := binary.LittleEndian.AppendUint32([]byte("GGUF"), 3)
	b = binary.LittleEndian.AppendUint64(b, 0)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(p)))
	for key, value := range p {
		b = append(binary.LittleEndian.AppendUint64(b, uint64(len(key))), key...)
		b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, 4), value)
	}
	path := filepath.Join(t.TempDir(), "m.gguf")
	require.NoError(t, os.WriteFile(path, b, 0o600))
	f, err := object.ScanFile(context.Background(), path)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	require.Equal(t, "gguf", f.Layout.Format)
	return f
}

// Of the pairs of two headers those that differ are listed, the first ones of many.
func TestDiffPairs(t *testing.T) {
	many, others := pairs{}, pairs{}
	for i := range uint32(3 * maxKeys) {
		many[fmt.Sprintf("k%05d", i)] = i
		others[fmt.Sprintf("k%05d", i)] = i + i%2
	}
	for name, c := range map[string]struct {
		a, b pairs
		want string // key a b, of up to three
		n    int
	}{
		"the same":     {many, many, "", 0},
		"a value":      {pairs{"a": 1, "b": 2}, pairs{"b": 3, "a": 1}, "b 2 3 ", 1},
		"came":         {pairs{"b": 1}, pairs{"a": 2, "b": 1}, "a  2 ", 1},
		"gone":         {pairs{"a": 1, "b": 1}, pairs{"b": 1}, "a 1  ", 1},
		"all of these": {pairs{"c": 1, "b": 1}, pairs{"a": 5, "b": 2}, "a  5 b 1 2 c 1  ", 3},
		"many values":  {many, others, "k00001 1 2 k00003 3 4 k00005 5 6 ", maxKeys},
		"many came":    {nil, many, "k00000  0 k00001  1 k00002  2 ", maxKeys},
		"many gone":    {many, nil, "k00000 0  k00001 1  k00002 2  ", maxKeys},
	} {
		diffs, err := diffPairs(ggufOf(t, c.a), ggufOf(t, c.b))
		require.NoError(t, err, name)
		require.NotNil(t, diffs, name)
		require.Len(t, diffs, c.n, name)
		got := ""
		for _, d := range diffs[:min(len(diffs), 3)] {
			got += fmt.Sprintf("%s %s %s ", d.Key, d.A, d.B)
		}
		require.Equal(t, c.want, got, name)
	}
}
