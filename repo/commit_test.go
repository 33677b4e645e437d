package repo

import (
	"context"
	"encoding/binary"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo/history"
	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

func TestCommit(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	_, err := f.Commit(ctx, CommitOptions{Message: "nothing"})
	require.ErrorIs(t, err, ErrNothing)
	f.put("a", "one")
	f.put("d/b", "two")
	f.add("a", "d")
	_, err = f.Commit(ctx, CommitOptions{Message: " \n\n"})
	require.ErrorContains(t, err, "message: empty")
	when := time.Date(2026, 1, 2, 3, 4, 5, 678, time.FixedZone("", 5*3600+1800))
	res, err := f.Commit(ctx, CommitOptions{Message: "\n first  \nmore\t\n\n", Time: when})
	require.NoError(t, err)
	require.Equal(t, "main", res.Branch)
	require.Empty(t, res.Parents)
	require.Equal(t, []work.Change{{Path: "a", Status: "added"}, {Path: "d/b", Status: "added"}}, res.Files)
	require.Positive(t, res.StoredBytes)
	c, err := f.ReadCommit(res.ID)
	require.NoError(t, err)
	require.Equal(t, " first\nmore\n", c.Message)
	require.Equal(t, "Ada <ada@example.org>", c.Author)
	require.Equal(t, "2026-01-02T03:04:05+05:30", c.Time.Format(time.RFC3339))
	root, err := f.ReadTree(c.Tree)
	require.NoError(t, err)
	require.Equal(t, int64(3), root.Entries[1].Size, "a folder has the size of what is in it")

	_, err = f.Commit(ctx, CommitOptions{Message: "again"})
	require.ErrorIs(t, err, ErrNothing)
	empty, err := f.Commit(ctx, CommitOptions{Message: "again", AllowEmpty: true})
	require.NoError(t, err)
	require.Equal(t, []digest.ID{res.ID}, empty.Parents)
	require.Zero(t, empty.StoredBytes)

	f.put("a", "ONE")
	f.remove("d")
	f.put("untracked", "x")
	all, err := f.Commit(ctx, CommitOptions{Message: "all", All: true})
	require.NoError(t, err)
	require.Equal(t, []work.Change{{Path: "a", Status: "modified"}, {Path: "d/b", Status: "deleted"}}, all.Files)
	require.Equal(t, []string{"untracked"}, f.status().Untracked)

	amended, err := f.Commit(ctx, CommitOptions{Amend: true, Author: "Bob <b@b>"})
	require.NoError(t, err)
	require.Equal(t, []digest.ID{empty.ID}, amended.Parents)
	require.Equal(t, "all\n", amended.Message)
	require.NotEqual(t, all.ID, amended.ID)
	back, err := f.Resolve("@{1}")
	require.NoError(t, err)
	require.Equal(t, all.ID, back)
}

// Files with the same content give the same commit in any repository.
func TestCommitIDs(t *testing.T) {
	ids := map[digest.ID]bool{}
	for range 2 {
		f := newFixture(t)
		f.put("dir/a", "one")
		f.put("b", "two")
		ids[f.save("first")] = true
	}
	require.Len(t, ids, 1)
	for id := range ids {
		require.Equal(t, "e385a9e417", id.Short(), "this breaks every existing repository")
	}
}

func TestCommitRefusals(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.add("a")
	for _, o := range []CommitOptions{
		{Message: "\xff"}, {Message: "a\x00"}, {Message: "m", Author: "no mail"}, {Message: "m", Author: "A <a>\nB <b>"},
		{Message: "m", Amend: true},
	} {
		_, err := f.Commit(context.Background(), o)
		require.Error(t, err, "%+v", o)
	}
	x, err := f.Index()
	require.NoError(t, err)
	x.Put(work.IndexEntry{Path: "b", Mode: object.ModeFile, ID: idOf("never stored"), Size: 5})
	require.NoError(t, f.WriteIndex(x))
	_, err = f.Commit(context.Background(), CommitOptions{Message: "m"})
	require.ErrorIs(t, err, tensorstore.ErrUnknown)
	require.ErrorContains(t, err, "b: ")
	h, err := f.Head()
	require.NoError(t, err)
	require.Zero(t, h.Commit)
}

// scalarsFile is a file of F32 tensors of one element each.
func scalarsFile(tensors map[string]uint32) string {
	names := slices.Sorted(maps.Keys(tensors))
	var header, data strings.Builder
	for i, name := range names {
		var b [4]byte
		binary.LittleEndian.PutUint32(b[:], tensors[name])
		data.Write(b[:])
		header.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
		header.WriteString(`"` + name + `":{"dtype":"F32","shape":[1],"data_offsets":[` + strconv.Itoa(4*i) + "," + strconv.Itoa(4*i+4) + "]}")
	}
	header.WriteString("}")
	size := binary.LittleEndian.AppendUint64(nil, uint64(header.Len()))
	return string(size) + header.String() + data.String()
}

func TestCommitCountsTensors(t *testing.T) {
	f := newFixture(t)
	count := func(tensors map[string]uint32) int {
		f.put("m.safetensors", scalarsFile(tensors))
		f.add("m.safetensors")
		res, err := f.Commit(context.Background(), CommitOptions{Message: "m"})
		require.NoError(t, err)
		return res.TensorsChanged
	}
	require.Equal(t, 3, count(map[string]uint32{"a": 1, "b": 2, "c": 3}))
	require.Equal(t, 1, count(map[string]uint32{"a": 1, "b": 9, "c": 3}))
	require.Equal(t, 3, count(map[string]uint32{"a": 2, "c": 3, "d": 4}), "a changed, b gone, d new")
}

func TestLog(t *testing.T) {
	f := newFixture(t)
	f.put("a", "1")
	f.add("a")
	root := f.commitOn("root", 1000)
	f.put("b/c", "1")
	f.add("b")
	left := f.commitOn("left", 5000, root)
	skewed := f.commitOn("skewed", 10, left) // a clock that went wrong
	x, err := f.Index()
	require.NoError(t, err)
	x.Remove("b/c")
	require.NoError(t, f.WriteIndex(x))
	f.put("a", "2")
	f.add("a")
	right := f.commitOn("right", 3000, root)
	f.put("b/c", "1")
	f.add("b")
	merge := f.commitOn("merge", 6000, skewed, right)

	log := func(o history.LogOptions, from ...digest.ID) []digest.ID {
		var out []digest.ID
		for c, err := range f.Log(from, o) {
			require.NoError(t, err)
			out = append(out, c.ID)
		}
		return out
	}
	require.Equal(t, []digest.ID{merge, right, skewed, left, root}, log(history.LogOptions{}, merge))
	require.Equal(t, []digest.ID{merge, right}, log(history.LogOptions{Limit: 2}, merge))
	require.Equal(t, []digest.ID{merge, right}, log(history.LogOptions{Exclude: []digest.ID{skewed}}, merge))
	require.Equal(t, []digest.ID{right, skewed, left, root}, log(history.LogOptions{}, skewed, right))
	require.Empty(t, log(history.LogOptions{Exclude: []digest.ID{merge}}, skewed))
	require.Equal(t, []digest.ID{left}, log(history.LogOptions{Paths: []string{"b"}}, merge), "the merge has b as left has it")
	require.Equal(t, []digest.ID{right, root}, log(history.LogOptions{Paths: []string{"a"}}, merge))
	require.Equal(t, []digest.ID{merge, right, left, root}, log(history.LogOptions{Paths: []string{"a", "b/c"}}, merge), "the merge has the two as neither side has them")
	for _, err := range f.Log([]digest.ID{idOf("none")}, history.LogOptions{}) {
		require.ErrorIs(t, err, tensorstore.ErrUnknown)
	}

	require.NoError(t, f.UpdateRef("refs/heads/main", digest.ID{}, merge, ""))
	require.NoError(t, f.UpdateRef("refs/heads/r", digest.ID{}, right, ""))
	for s, want := range map[string][2][]digest.ID{
		"main": {{merge}, nil}, "r..main": {{merge}, {right}}, "r..": {{merge}, {right}}, "..r": {{right}, {merge}},
	} {
		from, exclude, err := f.ParseRange(s)
		require.NoError(t, err)
		require.Equal(t, want, [2][]digest.ID{from, exclude}, s)
	}
	for a, bs := range map[digest.ID]map[digest.ID]bool{
		root: {merge: true, root: true}, right: {merge: true, skewed: false}, merge: {root: false},
	} {
		for b, want := range bs {
			got, err := f.IsAncestor(a, b)
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	}
}
