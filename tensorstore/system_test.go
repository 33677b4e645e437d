package tensorstore

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/pack"
)

// A pack that the system does not let be read is not called damaged, which would invite deleting it; one that is
// cut short is.
func TestOnlyDamageIsCorrupt(t *testing.T) {
	dir := t.TempDir()
	name := strings.Repeat("0", 64)
	path := pack.Path(dir, name)
	packs := newOpenPacks(dir)

	require.NoError(t, os.Symlink(path, path)) // ELOOP, whoever asks
	_, err := packs.get(name)
	require.ErrorIs(t, err, syscall.ELOOP)
	require.NotErrorIs(t, err, ErrCorrupt)

	require.NoError(t, errors.Join(os.Remove(path), os.WriteFile(path, []byte("short"), 0o600)))
	_, err = packs.get(name)
	require.ErrorIs(t, err, ErrCorrupt)

	require.NoError(t, errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o600)))
	_, err = packs.get(name)
	require.ErrorContains(t, err, "is a pipe")

	for _, no := range []error{syscall.EACCES, syscall.EMFILE, syscall.EIO} {
		cause := &os.PathError{Op: "open", Path: filepath.Join(dir, "x"), Err: no}
		require.NotErrorIs(t, badRecord(Location{}, cause), ErrCorrupt)
		require.Equal(t, no != error(syscall.EMFILE), ofOneFile(cause), no)
	}
}
