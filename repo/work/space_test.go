package work

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
)

// What is in place of new files, or goes, makes room for them.
func TestRoomFor(t *testing.T) {
	r := &Folder{Root: t.TempDir()}
	require.NoError(t, os.Mkdir(filepath.Join(r.Root, "a"), 0o755))
	for name, size := range map[string]int{"a/old": 700, "gone": 200} {
		require.NoError(t, os.WriteFile(filepath.Join(r.Root, name), make([]byte, size), 0o644))
	}
	free := func(string) (int64, bool) { return 1000, true }
	file := func(name string, size int64) object.TreeFile { return object.TreeFile{Path: name, Size: size} }
	for name, c := range map[string]struct {
		pl   Plan
		need int64 // 0: there is room
	}{
		"nothing":          {Plan{}, 0},
		"just":             {Plan{Write: []object.TreeFile{file("new", 400), file("b/c/new", 600)}}, 0},
		"a byte more":      {Plan{Write: []object.TreeFile{file("new", 400), file("b/c/new", 601)}}, 1001},
		"in place":         {Plan{Write: []object.TreeFile{file("a/old", 1700)}}, 0},
		"in place, more":   {Plan{Write: []object.TreeFile{file("a/old", 1701)}}, 1001},
		"what goes":        {Plan{Write: []object.TreeFile{file("new", 1200)}, Remove: []string{"gone"}}, 0},
		"more than counts": {Plan{Write: []object.TreeFile{file("x", math.MaxInt64), file("y", math.MaxInt64)}}, math.MaxInt64},
	} {
		err := r.roomFor(c.pl, free)
		if c.need == 0 {
			require.NoError(t, err, name)
			continue
		}
		var short *SpaceError
		require.ErrorAs(t, err, &short, name)
		require.Equal(t, SpaceError{short.Dir, c.need, 1000}, *short, name)
	}
	unknown := func(string) (int64, bool) { return 0, false }
	require.NoError(t, r.roomFor(Plan{Write: []object.TreeFile{file("x", math.MaxInt64)}}, unknown))
	n, ok := freeBytes(r.Root)
	require.True(t, ok)
	require.Positive(t, n)
}
