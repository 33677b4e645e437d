package repo

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/tensorstore/disk/faultfs"
)

const day = 24 * time.Hour

// moved is a repository whose main went one, two, back to one, three: two is reached no more.
func moved(t *testing.T) *fixture {
	f := newFixture(t)
	f.put("a", "one")
	one := f.save("one")
	f.put("a", "two")
	f.save("two")
	_, err := f.Reset(context.Background(), one.String(), ResetHard, object.NoProgress)
	require.NoError(t, err)
	f.put("a", "three")
	f.save("three")
	return f
}

func TestExpireReflogs(t *testing.T) {
	for name, c := range map[string]struct {
		o          ExpireOptions
		names      []string
		main, head int // entries that are left of 4
	}{
		"as by default":          {ExpireOptions{Expire: 90 * day, Unreachable: 30 * day}, []string{"main"}, 4, 4},
		"after a month":          {ExpireOptions{Expire: 90 * day, Unreachable: 30 * day, Now: time.Now().Add(31 * day)}, []string{"main"}, 2, 4},
		"after a quarter":        {ExpireOptions{Expire: 90 * day, Unreachable: 30 * day, Now: time.Now().Add(91 * day)}, []string{"main"}, 0, 4},
		"HEAD":                   {ExpireOptions{Expire: 90 * day}, []string{"HEAD"}, 4, 2},
		"by full name, and both": {ExpireOptions{}, []string{"refs/heads/main", "HEAD", "main"}, 0, 0},
		"all":                    {ExpireOptions{All: true, Expire: 90 * day}, nil, 2, 2},
		"none":                   {ExpireOptions{}, nil, 4, 4},
	} {
		t.Run(name, func(t *testing.T) {
			f := moved(t)
			dropped, err := f.ExpireReflogs(c.names, c.o)
			require.NoError(t, err)
			for ref, want := range map[string]int{"refs/heads/main": c.main, "HEAD": c.head} {
				entries, err := f.Reflog(ref)
				require.NoError(t, err)
				require.Len(t, entries, want, ref)
				require.Equal(t, 4-want, dropped[ref], ref)
			}
			f.put("a", "four")
			four := f.save("four")
			entries, err := f.Reflog("refs/heads/main")
			require.NoError(t, err)
			require.Equal(t, four, entries[0].New, "it goes on")
		})
	}
	f := moved(t)
	_, err := f.ExpireReflogs([]string{"nowhere"}, ExpireOptions{})
	require.Error(t, err)
}

// HEAD's entries stay that lead to commits of any branch.
func TestHeadsReflogKeepsWhatOtherBranchesHave(t *testing.T) {
	f := moved(t)
	_, err := f.CreateBranch("side", "main@{2}", false)
	require.NoError(t, err)
	dropped, err := f.ExpireReflogs([]string{"HEAD"}, ExpireOptions{Expire: 90 * day})
	require.NoError(t, err)
	require.Zero(t, dropped["HEAD"])
}

// Stopped at any operation, each log is the old one or the new one.
func TestExpireCrashSweep(t *testing.T) {
	f := moved(t)
	require.NoError(t, f.Close())
	expire := func(r *Repo) error {
		_, err := r.ExpireReflogs(nil, ExpireOptions{All: true})
		return err
	}
	faultfs.Sweep(t, f.Root, 8, sweepOf(expire, func(t *testing.T, r *Repo, done bool) {
		for _, ref := range []string{"HEAD", "refs/heads/main"} {
			entries, err := r.Reflog(ref)
			require.NoError(t, err)
			require.Contains(t, []int{0, 4}, len(entries))
			require.False(t, done && len(entries) > 0)
		}
		require.NoError(t, expire(r))
	}))
}

// A log that cannot be read stops it, and is named.
func TestExpireStopsAtDamage(t *testing.T) {
	f := moved(t)
	require.NoError(t, os.WriteFile(filepath.Join(f.Dir, "logs/HEAD"), []byte("garbage\n"), 0o644))
	_, err := f.ExpireReflogs([]string{"HEAD"}, ExpireOptions{})
	require.True(t, errors.Is(err, object.ErrCorrupt), err)
	require.ErrorContains(t, err, "reflog of HEAD")
}
