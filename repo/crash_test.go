package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk/faultfs"
)

// changeEverything adds a changed file, commits, makes a branch and a tag, and
// moves to the branch.
func changeEverything(r *Repo) error {
	ctx := context.Background()
	if err := r.Add(ctx, nil, AddOptions{All: true}); err != nil {
		return err
	}
	when := time.Unix(1_700_000_000, 0).UTC()
	if _, err := r.Commit(ctx, CommitOptions{Message: "second", Time: when}); err != nil {
		return err
	}
	if _, err := r.CreateTag("v1", "", TagOptions{Message: "release", Time: when}); err != nil {
		return err
	}
	_, err := r.Checkout(ctx, "main~1", CheckoutOptions{NewBranch: "side"})
	return err
}

// base is a folder with one commit and a change that is not added yet, and what
// the refs are there.
func base(t *testing.T) (*fixture, map[string]digest.ID) {
	t.Helper()
	f := newFixture(t)
	f.put("a", "one")
	f.put("d/same", "same")
	f.save("first")
	refs, err := f.allRefs()
	require.NoError(t, err)
	require.NoError(t, f.Close())
	f.put("a", "two")
	return f, refs
}

// after returns the refs when nothing fails.
func after(t *testing.T, from string) map[string]digest.ID {
	t.Helper()
	r := openCopy(t, from)
	defer r.Close()
	require.NoError(t, changeEverything(r))
	refs, err := r.allRefs()
	require.NoError(t, err)
	return refs
}

// openCopy opens a copy of the folder from.
func openCopy(t *testing.T, from string) *Repo {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.CopyFS(root, os.DirFS(from)))
	r, err := Open(root, nil)
	require.NoError(t, err)
	return r
}

// sweepOf is what a sweep does: it opens the repository and changes it. check gets it
// opened again, without faults.
func sweepOf(do func(*Repo) error, check func(t *testing.T, r *Repo, done bool)) func(*testing.T, *faultfs.FS) (func() error, func(bool)) {
	return func(t *testing.T, fsys *faultfs.FS) (func() error, func(bool)) {
		faulty := func() error {
			r, err := Open(fsys.Dir(), fsys)
			if err != nil {
				return err
			}
			return errors.Join(do(r), r.Close())
		}
		return faulty, func(done bool) {
			r, err := Open(fsys.Dir(), nil)
			require.NoError(t, err)
			defer r.Close()
			check(t, r, done)
		}
	}
}

// Stopped at any operation, with any loss: every ref has its old or its new value
// and all that it needs reads back; and the same change can be made again.
func TestCrashSweep(t *testing.T) {
	f, old := base(t)
	new := after(t, f.Root)
	require.NotEqual(t, old, new)
	faultfs.Sweep(t, f.Root, 60, sweepOf(changeEverything, func(t *testing.T, r *Repo, done bool) {
		checkAfter(t, r, done, old, new)
	}))
}

// An operation that fails alone, as on a full disk, leaves the same.
func TestFailureSweep(t *testing.T) {
	t.Parallel()
	f, old := base(t)
	new := after(t, f.Root)
	faultfs.SweepFailures(t, f.Root, 60, sweepOf(changeEverything, func(t *testing.T, r *Repo, done bool) {
		checkAfter(t, r, done, old, new)
	}))
}

func checkAfter(t *testing.T, r *Repo, done bool, old, new map[string]digest.ID) {
	t.Helper()
	refs, err := r.allRefs()
	require.NoError(t, err)
	if done {
		require.Equal(t, new, refs)
	}
	for name := range merged(old, new, refs) {
		got := refs[name]
		require.True(t, got == old[name] || got == new[name] || name == object.HeadName && got == new["refs/heads/main"],
			"%s: got %s, want %s or %s", name, got, old[name], new[name])
	}
	for name := range refs {
		log, err := r.Reflog(name)
		require.NoError(t, err)
		if name != "refs/tags/v1" {
			require.NotEmpty(t, log, name)
			require.Equal(t, refs[name], log[0].New, "the log of %s ends where it is", name)
		}
		files, err := r.CommitFiles(refs[name])
		require.NoError(t, err)
		for _, file := range files {
			manifest, err := r.ReadFile(file.ID)
			require.NoError(t, err)
			require.NoError(t, r.CopyContent(context.Background(), &bytes.Buffer{}, manifest, object.NoProgress))
		}
	}
	_, err = r.Status()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(r.WorkPath("again"), []byte("again"), 0o644))
	require.NoError(t, r.Add(context.Background(), nil, AddOptions{All: true}))
	_, err = r.Commit(context.Background(), CommitOptions{Message: "again"})
	require.NoError(t, err)
}

func merged(maps ...map[string]digest.ID) map[string]bool {
	all := map[string]bool{}
	for _, m := range maps {
		for name := range m {
			all[name] = true
		}
	}
	return all
}

// allRefs returns the commits that the refs and HEAD name, by full ref name.
// Annotated tags are followed.
func (r *Repo) allRefs() (map[string]digest.ID, error) {
	refs, err := r.ListRefs("")
	if err != nil {
		return nil, err
	}
	out := map[string]digest.ID{}
	for _, ref := range refs {
		if out[ref.Name], err = r.Peel(ref.ID); err != nil {
			return nil, fmt.Errorf("%s: %w", ref.Name, err)
		}
	}
	h, err := r.Head()
	if err == nil && !h.Commit.IsZero() {
		out[object.HeadName] = h.Commit
	}
	return out, err
}
