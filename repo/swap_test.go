package repo

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/disk"
)

// A meddler is a file system on which another process does something right before the k-th
// temporary file of .dits/tmp is made.
type meddler struct {
	disk.FS
	k      int
	meddle func()
}

func (m *meddler) CreateTemp(dir, pattern string) (disk.File, error) {
	if filepath.Base(dir) == "tmp" && filepath.Base(filepath.Dir(dir)) == object.Dir {
		if m.k--; m.k == 0 {
			m.meddle()
		}
	}
	return m.FS.CreateTemp(dir, pattern)
}

// noLock is a lock that does nothing, as on some network file systems.
func noLock(string, time.Duration) (*disk.Lock, error) { return &disk.Lock{}, nil }

// unlocked opens the repository of f again, without locks.
func (f *fixture) unlocked(fsys disk.FS) *fixture {
	f.t.Helper()
	r, err := Open(f.Root, fsys)
	require.NoError(f.t, err)
	f.t.Cleanup(func() { r.Close() })
	r.Locking = noLock
	return &fixture{Repo: r, t: f.t, n: f.n}
}

// A step changes the repository, and says whether that is still so. Each is done by two
// processes, which have a number of their own.
type step struct {
	name string
	do   func(f *fixture, who int) error
	held func(f *fixture, who int) bool
}

var steps = []step{
	{"add", func(f *fixture, who int) error {
		return f.Add(context.Background(), []string{fmt.Sprint("new", who)}, AddOptions{})
	}, func(f *fixture, who int) bool {
		x, err := f.Index()
		return err == nil && x.Find(fmt.Sprint("new", who)) != nil
	}},
	{"commit", func(f *fixture, who int) error {
		_, err := f.Commit(context.Background(), CommitOptions{Message: fmt.Sprint("commit ", who), AllowEmpty: true})
		return err
	}, func(f *fixture, who int) bool {
		h, err := f.Head()
		for id := h.Commit; err == nil && !id.IsZero(); {
			c, rerr := f.ReadCommit(id)
			if rerr != nil || strings.HasPrefix(c.Message, fmt.Sprint("commit ", who)) {
				return rerr == nil
			}
			if len(c.Parents) == 0 {
				return false
			}
			id = c.Parents[0]
		}
		return false
	}},
	{"branch", func(f *fixture, who int) error {
		_, err := f.CreateBranch("made", fmt.Sprint("v", who), false)
		return err
	}, func(f *fixture, who int) bool {
		id, err := f.Resolve("made")
		want, werr := f.Resolve(fmt.Sprint("v", who))
		return err == nil && werr == nil && id == want
	}},
	{"checkout", func(f *fixture, who int) error {
		_, err := f.checkout(fmt.Sprint("side", who), CheckoutOptions{})
		return err
	}, func(f *fixture, who int) bool {
		h, err := f.Head()
		return err == nil && h.Branch == fmt.Sprint("side", who)
	}},
	{"config", func(f *fixture, who int) error {
		return f.SetConfig(func(c *Config) {
			if who == 1 {
				c.User.Name = "One"
			} else {
				c.User.Email = "two"
			}
		})
	}, func(f *fixture, who int) bool {
		c, err := readConfig(f.Dir)
		return err == nil && (who == 1 && c.User.Name == "One" || who == 2 && c.User.Email == "two")
	}},
	{"reset", func(f *fixture, who int) error {
		_, err := f.Reset(context.Background(), fmt.Sprint("v", who), ResetMixed, nil)
		return err
	}, func(f *fixture, who int) bool {
		h, err := f.Head()
		want, werr := f.Resolve(fmt.Sprint("v", who))
		return err == nil && werr == nil && h.Commit == want
	}},
}

// With locks that do nothing, what another process does between reading and writing is
// noticed: no update that was reported done is gone, whichever two meet and wherever.
func TestNoLockLosesNothing(t *testing.T) {
	for _, s := range steps {
		t.Run(s.name, func(t *testing.T) {
			refused := 0
			for k := 1; ; k++ {
				met, err := meet(t, s, k)
				if !met {
					break
				}
				if err != nil {
					refused++
				}
			}
			if refused == 0 {
				t.Errorf("never refused")
			}
		})
	}
}

// meet does a step twice, the second time right before the first one's k-th file. It says whether there
// was such a file, and what became of the first.
func meet(t *testing.T, s step, k int) (met bool, err error) {
	f := newFixture(t)
	for _, v := range []string{"1", "2", "3"} {
		f.put("a", v)
		f.save(v)
		_, err := f.CreateTag("v"+v, "", TagOptions{})
		require.NoError(t, err)
	}
	for _, side := range []string{"side1", "side2"} {
		_, err := f.CreateBranch(side, "", false)
		require.NoError(t, err)
	}
	f.put("new1", "1")
	f.put("new2", "2")
	require.NoError(t, f.Close())
	m := &meddler{FS: disk.OS, k: k}
	one, two := f.unlocked(m), f.unlocked(nil)
	var second error
	m.meddle = func() { met, second = true, s.do(two, 2) }
	first := s.do(one, 1)
	if !met {
		require.NoError(t, first)
		return false, nil
	}
	require.NoError(t, second, "file %d: the second had nobody in its way", k)
	after := f.unlocked(nil)
	if !s.held(after, 2) {
		t.Errorf("file %d: what the second did is gone, and the first got: %v", k, first)
	}
	if first == nil && !s.held(after, 1) {
		t.Errorf("file %d: what the first did is gone", k)
	}
	if first != nil {
		require.ErrorIs(t, first, refs.ErrChanged, "file %d", k)
	}
	problems, err := after.Fsck(context.Background(), FsckOptions{Report: func(err error) { t.Error(err) }})
	require.NoError(t, err)
	require.Zero(t, problems)
	return true, first
}
