package repo

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo/merge"
	"dits/repo/refs"
	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/disk"
	"dits/tensorstore/disk/faultfs"
	"dits/tensorstore/storetest"
	"dits/tensorstore/upkeep"
)

// torture makes the tests that stop at every operation stop at each, and not at some.
var torture = flag.Bool("torture", false, "stop at every operation of the file system")

// A side is one of two processes on one repository.
type side struct {
	name string
	do   func(*Repo) error
}

// writers put content into a repository. What they are to commit is in the working folder.
var writers = []side{
	{"add fast", func(r *Repo) error { return addAndCommit(r, choose.FastLevel) }},
	{"add default", func(r *Repo) error { return addAndCommit(r, choose.DefaultLevel) }},
	{"add max", func(r *Repo) error { return addAndCommit(r, choose.MaxLevel) }},
	{"merge", func(r *Repo) error {
		_, err := r.Merge(context.Background(), "other", MergeOptions{Strategy: merge.Average})
		return err
	}},
	{"checkout", func(r *Repo) error {
		ctx := context.Background()
		if _, err := r.Checkout(ctx, "other", CheckoutOptions{Force: true}); err != nil {
			return err
		}
		if _, err := r.CreateTag("v1", "other", TagOptions{Message: "one"}); err != nil {
			return err
		}
		_, err := r.Checkout(ctx, "main", CheckoutOptions{NewBranch: "third"})
		return err
	}},
}

func addAndCommit(r *Repo, level choose.Level) error {
	ctx := context.Background()
	if err := r.Add(ctx, nil, AddOptions{All: true, Level: level}); err != nil {
		return err
	}
	_, err := r.Commit(ctx, CommitOptions{Message: "late"})
	return err
}

// keepers put a store in order.
var keepers = []side{
	{"repack", func(r *Repo) error {
		_, err := r.Repack(context.Background(), RepackOptions{})
		return err
	}},
	{"compacting", func(r *Repo) error {
		l, err := r.lockRepack()
		if err != nil {
			return err
		}
		defer l.Unlock()
		names, err := r.Store.Packs()
		if err != nil {
			return err
		}
		return upkeep.Compact(context.Background(), r.Store, names)
	}},
}

// familyOnDisk is a repository in which a repack drops predictions that a writer would name, a
// branch "other" to merge, and a fine-tune that is not added yet.
func familyOnDisk(t *testing.T) string {
	f := newFixture(t)
	fast := AddOptions{Level: choose.FastLevel, All: true}
	save := func(path string, left, right int) {
		f.put(path, tensorsFile(path, version("left", 1, left), version("right", 2, right)))
		require.NoError(t, f.Add(context.Background(), nil, fast))
		f.commit(path)
	}
	for i, path := range []string{"base.safetensors", "a.safetensors", "b.safetensors"} {
		save(path, i, i)
	}
	_, err := f.CreateBranch("other", "", false)
	require.NoError(t, err)
	save("a.safetensors", 5, 1)
	f.mustCheckout("other")
	save("a.safetensors", 6, 1)
	f.mustCheckout("main")
	f.put("late.safetensors", tensorsFile("late", version("left", 1, 4), version("right", 2, 4)))
	require.NoError(t, f.Close())
	return f.Root
}

// version is a tensor of which all versions but 0 are fine-tunes of that; the rows of them have moved by more or less.
func version(name string, seed uint64, version int) testTensor {
	const width = 256
	b := storetest.Weights(seed, 128*width)
	if version > 0 {
		b = storetest.TunedRows(uint64(version), b, width)
	}
	return testTensor{Name: name, DType: "BF16", Shape: []int64{128, width}, Data: b}
}

// One process is stopped ahead of each of its operations while another does all that it does; then it
// goes on. Whatever the two are, all that is committed or staged reads back afterwards.
func TestWritersBesideKeepers(t *testing.T) {
	defer func(d time.Duration) { tensorstore.HoldWait = d }(tensorstore.HoldWait)
	tensorstore.HoldWait = 10 * time.Millisecond
	from := familyOnDisk(t)
	for _, w := range writers {
		for _, k := range keepers {
			t.Run(w.name+" stopped for "+k.name, func(t *testing.T) { stopAtEach(t, from, w, k, nil) })
			t.Run(k.name+" stopped for "+w.name, func(t *testing.T) { stopAtEach(t, from, k, w, nil) })
		}
	}
}

// stopAtEach stops one side ahead of its operations, and runs the other. after, unless nil, is what is done when both
// have ended, before all is read.
func stopAtEach(t *testing.T, from string, one, other side, after func(*Repo) error) {
	dense, step := 6, 9 // what was relied on is mostly lost before the first pack is sealed
	if *torture {
		step = 1
	} else if underRace {
		dense = 2
	}
	rounds := 0
	for k := 0; stopAt(t, from, k, one, other, after); rounds++ {
		if k++; k > dense {
			k += step - 1
		}
	}
	require.Greater(t, rounds, 2, "or nothing was stopped")
	t.Log(rounds, "rounds")
}

// stopAt says whether there was an operation k.
func stopAt(t *testing.T, from string, k int, one, other side, after func(*Repo) error) bool {
	root, err := os.MkdirTemp("/dev/shm", "dits-beside-*")
	if err != nil {
		root = t.TempDir()
	}
	defer os.RemoveAll(root)
	require.NoError(t, os.CopyFS(root, os.DirFS(from)))
	stopped := false
	fsys := faultfs.PauseAt(k, func() {
		stopped = true
		r, err := Open(root, nil)
		require.NoError(t, err)
		defer r.Close()
		requireDoneOrRefused(t, other.name, other.do(r))
	})
	r, err := Open(root, fsys)
	require.NoError(t, err)
	requireDoneOrRefused(t, one.name, one.do(r))
	if after != nil {
		require.NoError(t, after(r), "%s stopped at %d for %s", one.name, k, other.name)
	}
	require.NoError(t, r.Close())
	requireWhole(t, root, fmt.Sprintf("%s stopped at %d for %s", one.name, k, other.name))
	return stopped
}

// requireDoneOrRefused allows what one process may say because of another.
func requireDoneOrRefused(t *testing.T, name string, err error) {
	t.Helper()
	for _, allowed := range []error{nil, disk.ErrLocked, refs.ErrLocked, tensorstore.ErrGone, ErrNothing, refs.ErrExists, ErrOutdated} {
		if errors.Is(err, allowed) {
			return
		}
	}
	require.NoError(t, err, name)
}

// requireWhole opens a repository as a new process and reads all that it has.
func requireWhole(t *testing.T, root, round string) {
	t.Helper()
	r, err := Open(root, nil)
	require.NoError(t, err, round)
	defer r.Close()
	var problems []error
	_, err = r.Fsck(context.Background(), FsckOptions{Report: func(err error) { problems = append(problems, err) }})
	require.NoError(t, err, round)
	require.Empty(t, problems, round)
}
