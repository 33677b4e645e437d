package catalog

import (
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
)

// peak is the most memory that the process has had, in bytes: SQLite's is not Go's.
func peak(t *testing.T) int64 {
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return u.Maxrss << 10
}

// A long name of a tensor is held some times, and not once for each place of a statement.
func TestLongNamesTakeMemoryOnce(t *testing.T) {
	c := openTemp(t)
	long := strings.Repeat("n", 4<<20)
	f := File{ID: id("file"), Layout: formats.Layout{Format: "safetensors", Tensors: []formats.Tensor{{Name: long, DType: "F32"}}}}
	before := peak(t)
	update(t, c, func(tx *Tx) error { return tx.AddFile(f) })
	known, err := c.KnownNames([]string{long, "other"})
	require.NoError(t, err)
	require.Equal(t, []string{long}, known)
	found, err := c.Similar([]string{long}, 1)
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Less(t, peak(t)-before, int64(24*len(long)))
}
