package work

import (
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/tensorstore/digest"
)

func TestStagedRows(t *testing.T) {
	file := func(path, content string) object.TreeFile {
		return object.TreeFile{Path: path, Mode: object.ModeFile, ID: digest.Sum([]byte(content)), Size: int64(len(content))}
	}
	a := []object.TreeFile{file("a", "one"), file("b", "two"), file("c/m", "two"), file("d", ""), file("e", "stays")}
	b := []object.TreeFile{file("a2", "one"), file("d2", ""), file("e", "stays"), file("f", "two"), file("g", "new"), file("x/m", "two"), file("y", "two")}
	changes := ChangesBetween(a, b)
	s := Status{Staged: changes, Renamed: object.Renames(a, b)}
	require.Equal(t, []object.Renamed{{From: "a", To: "a2"}, {From: "b", To: "f"}, {From: "c/m", To: "x/m"}}, s.Renamed)
	require.Equal(t, []Change{{"a -> a2", ChangeRenamed}, {"d", ChangeDeleted}, {"d2", ChangeAdded}, {"b -> f", ChangeRenamed},
		{"g", ChangeAdded}, {"c/m -> x/m", ChangeRenamed}, {"y", ChangeAdded}}, s.StagedRows())
	require.Empty(t, object.Renames(a, a))
}
