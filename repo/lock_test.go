package repo

import (
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/refs"
)

func TestLockExcludes(t *testing.T) {
	f := newFixture(t)
	l, err := f.Lock()
	require.NoError(t, err)
	other, err := Open(f.Root, nil)
	require.NoError(t, err)
	defer other.Close()
	_, err = other.Lock()
	require.ErrorIs(t, err, refs.ErrLocked)
	l.Unlock()
	l, err = other.Lock()
	require.NoError(t, err)
	l.Unlock()
}
