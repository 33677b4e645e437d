//go:build unix

package repo

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// To open a pipe would wait for a writer.
func TestAddDoesNotOpenAPipe(t *testing.T) {
	f := newFixture(t)
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	require.NoError(t, os.Symlink(pipe, f.path("link")))
	err := f.Add(context.Background(), []string{"link"}, AddOptions{Dereference: true})
	require.ErrorContains(t, err, "leads to no file")
}
