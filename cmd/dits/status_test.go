package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/work"
)

// A model in shards that was renamed is one row; one of its shards, and what only looks like it, is a row of its own.
func TestRenamedModels(t *testing.T) {
	row := func(from, to string) work.Change {
		return work.Change{Path: from + " -> " + to, Status: work.ChangeRenamed}
	}
	shard := func(dir, n string) string { return dir + "model-0000" + n + "-of-00003.safetensors" }
	all := []work.Change{
		row("other.safetensors", "a.safetensors"),
		row(shard("old/", "1"), shard("new/", "1")), row(shard("old/", "2"), shard("new/", "2")), row(shard("old/", "3"), shard("new/", "3")),
		row("old/model.safetensors.index.json", "new/model.safetensors.index.json"),
		row(shard("one/", "1"), shard("two/", "1")),
		{Path: shard("z/", "1"), Status: work.ChangeAdded},
		row("x.safetensors.index.json", "y.safetensors.index.json"),
	}
	require.Equal(t, []work.Change{
		all[0],
		row("old/model.safetensors", "new/model.safetensors (3 shards)"),
		all[5], all[6], all[7],
	}, renamedModels(all))
	require.Equal(t, row("old/model.safetensors", "new/model.safetensors (2 of 3 shards)"), renamedModels(all[1:3])[0])
}

// Long rows of status are broken between the old name and the new one.
func TestStatusFits(t *testing.T) {
	long := strings.Repeat("l", 40)
	s := &work.Status{Branch: "main", Staged: []work.Change{{Path: "a" + long, Status: work.ChangeDeleted}, {Path: "b" + long, Status: work.ChangeAdded}},
		Renamed: []object.Renamed{{From: "a" + long, To: "b" + long}}, Skipped: []work.Skipped{{Path: "c" + long, Reason: "a socket, and nothing that dits tracks at all"}}}
	var b bytes.Buffer
	printStatus(&printer{w: &b}, s, "", 80)
	require.Contains(t, b.String(), "\n  renamed:    a"+long+"\n              -> b"+long+"\n")
	for line := range strings.Lines(b.String()) {
		require.LessOrEqual(t, textWidth(strings.TrimSuffix(line, "\n")), 80, line)
	}
	b.Reset()
	printStatus(&printer{w: &b}, s, "", 0)
	require.Contains(t, b.String(), "  renamed:    a"+long+" -> b"+long+"\n")
}

// What is staged again is listed in lines as wide as the terminal.
func TestStagedAgainFits(t *testing.T) {
	var changes []work.Change
	for _, name := range []string{"a", "b", "c", "d"} {
		changes = append(changes, work.Change{Path: name + strings.Repeat("x", 30), Status: work.ChangeAdded})
	}
	x := strings.Repeat("x", 30)
	var b bytes.Buffer
	printStagedAgain(&printer{w: &b}, changes, 80)
	require.Equal(t, "  staged again: a"+x+",\n    b"+x+", c"+x+" and 1 more\n", b.String())
	b.Reset()
	printStagedAgain(&printer{w: &b}, changes[:1], 0)
	require.Equal(t, "  staged again: a"+x+"\n", b.String())
}
