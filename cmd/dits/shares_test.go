//go:build unix

package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// under makes a command one with an umask.
func under(umask string, cmd *exec.Cmd) *exec.Cmd {
	sh, _ := exec.LookPath("sh")
	cmd.Args = append([]string{"sh", "-c", `umask ` + umask + ` && exec "$@"`, "sh", cmd.Path}, cmd.Args[1:]...)
	cmd.Path = sh
	return cmd
}

// everyFile calls fn for each file and folder of .dits.
func (l *lookout) everyFile(fn func(path string, info fs.FileInfo)) {
	dits := filepath.Join(l.repo, ".dits")
	require.NoError(l.t, filepath.WalkDir(dits, func(path string, d fs.DirEntry, err error) error {
		require.NoError(l.t, err)
		info, err := d.Info()
		require.NoError(l.t, err)
		rel, err := filepath.Rel(dits, path)
		fn(rel, info)
		return err
	}))
}

// What is in .dits is for those to whom the umask, or what init was told, leaves it.
func TestModes(t *testing.T) {
	for _, test := range []struct {
		umask, shared      string
		later              bool // shared by a second init
		folder, file, pack fs.FileMode
	}{
		{"022", "", false, 0o755, 0o644, 0o444},
		{"077", "", false, 0o700, 0o600, 0o400},
		{"027", "", false, 0o750, 0o640, 0o440},
		{"002", "", false, 0o775, 0o664, 0o444},
		{"077", "group", false, fs.ModeSetgid | 0o770, 0o660, 0o440},
		{"022", "group", false, fs.ModeSetgid | 0o775, 0o664, 0o444},
		{"077", "all", false, fs.ModeSetgid | 0o775, 0o664, 0o444},
		{"077", "group", true, fs.ModeSetgid | 0o770, 0o660, 0o440},
	} {
		t.Run(fmt.Sprint(test.umask, test.shared, test.later), func(t *testing.T) {
			t.Parallel()
			l := newEmptyLookout(t)
			dits := func(args ...string) {
				out, err := under(test.umask, l.command(args...)).CombinedOutput()
				require.NoError(t, err, "%v: %s", args, out)
			}
			share := []string{"init", "-q", "--shared", test.shared}
			if test.shared == "" || test.later {
				dits("init", "-q")
			} else {
				dits(share...)
			}
			l.copyModel("base")
			dits("add", "-q", ".")
			dits("commit", "-q", "-m", "base")
			if test.later {
				dits(share...)
			}
			dits("branch", "a/b")
			dits("checkout", "-q", "a/b")
			dits("repack", "-q")
			l.everyFile(func(path string, info fs.FileInfo) {
				want := test.file
				switch {
				case info.IsDir():
					want = test.folder | fs.ModeDir
				case strings.HasSuffix(path, ".pack"):
					want = test.pack
				}
				if info.Mode() != want {
					t.Errorf("%s: %v, want %v", path, info.Mode(), want)
				}
			})
		})
	}
}

// What root does in the repository of another does not lock them out.
func TestRootLeavesOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("not root; TestKeepOwner of package disk shows the same with an owner who is made up")
	}
	l := newEmptyLookout(t)
	require.NoError(t, os.Chown(l.repo, nobody, nobody))
	owner := func(args ...string) {
		cmd := l.command(args...)
		asNobody(cmd)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%v: %s", args, out)
	}
	owner("init", "-q")
	l.copyModel("base")
	l.owner("add", "-q", ".") // by root
	l.owner("commit", "-q", "-m", "base")
	l.owner("branch", "new/folder")
	l.owner("tag", "new/tag")
	l.remove("catalog.db*")
	l.owner("repack", "-q")
	l.everyFile(func(path string, info fs.FileInfo) {
		if got := info.Sys().(*syscall.Stat_t).Uid; got != nobody {
			t.Errorf("%s: of user %d, want %d", path, got, nobody)
		}
	})
	l.copyModel("ft-customer")
	owner("commit", "-q", "-a", "-m", "tuned")
	owner("branch", "new/second")
	owner("fsck")
}

// Who may not even look is told whose it is, and not that there is no repository.
func TestErrorNamesOwnerOfAll(t *testing.T) {
	l := newLookout(t)
	reader := l.asReader()
	dits := filepath.Join(l.repo, ".dits")
	require.NoError(t, os.Chmod(dits, 0))
	t.Cleanup(func() { os.Chmod(dits, 0o755) })
	cmd := l.command("log")
	reader(cmd)
	_, err := cmd.Output()
	require.Equal(t, exitError, exitCode(err))
	require.Regexp(t, `permission denied\n.*/\.dits belongs to \S+( \d+)? \(mode 0000\); you are \S+`, stderr(err))
}

// Who may not write is told whose it is.
func TestErrorNamesOwner(t *testing.T) {
	l := newLookout(t)
	reader := l.asReader()
	l.want = nil
	for _, args := range [][]string{{"branch", "new"}, {"checkout", "-b", "new"}, {"tag", "new"}} {
		cmd := l.command(args...)
		reader(cmd)
		_, err := cmd.Output()
		require.Equal(t, exitError, exitCode(err), "%v", args)
		require.Regexp(t, `permission denied\n.*/\.dits.* belongs to \S+( \d+)? \(mode 0\d+\); you are \S+`, stderr(err), "%v", args)
	}
}
