package repo

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/refs"
	"dits/tensorstore/digest"
)

// twoBranches is a repository whose main has two commits and whose other has the first.
func twoBranches(t *testing.T) *fixture {
	f := newFixture(t)
	f.put("a", "one")
	f.save("first")
	_, err := f.CreateBranch("other", "", false)
	require.NoError(t, err)
	f.put("b", "two")
	f.save("second")
	return f
}

// broken are states of .dits that no command leaves, by what was done to it. What is repaired is as before,
// but for what wantAside names.
var brokenStates = map[string]struct {
	breaks func(f *fixture)
	aside  string // the file that repair keeps
	branch string // that HEAD names afterwards
}{
	"a branch names an unknown commit": {write("refs/heads/main", unknownCommit+"\n"), "refs.heads.main.damaged-1", "main"},
	"a branch is garbage":              {write("refs/heads/main", "nonsense"), "refs.heads.main.damaged-1", "main"},
	"a branch is empty":                {write("refs/heads/main", ""), "refs.heads.main.damaged-1", "main"},
	"a branch is a pipe":               {pipe("refs/heads/main"), "refs.heads.main.damaged-1", "main"},
	"HEAD names an unknown commit":     {write("HEAD", unknownCommit+"\n"), "HEAD.damaged-1", "main"},
	"HEAD is garbage":                  {write("HEAD", "nonsense"), "HEAD.damaged-1", "main"},
	"HEAD is empty":                    {write("HEAD", ""), "HEAD.damaged-1", "main"},
	"HEAD is gone":                     {gone("HEAD"), "", "main"},
	"HEAD is a pipe":                   {pipe("HEAD"), "HEAD.damaged-1", "main"},
	"a log is garbage":                 {appendTo("logs/HEAD", "nonsense\n"), "logs.HEAD.damaged-1", "main"},
	"a branch's log is garbage":        {appendTo("logs/refs/heads/main", "\x00\xff"), "logs.refs.heads.main.damaged-1", "main"},
	"a log is a pipe":                  {pipe("logs/HEAD"), "logs.HEAD.damaged-1", "main"},
	"the index is garbage":             {write("index", "nonsense, and more of it"), "index.damaged-1", "main"},
	"the index is empty":               {write("index", ""), "index.damaged-1", "main"},
	"the index is a pipe":              {pipe("index"), "index.damaged-1", "main"},
	"the index is cut short":           {cutShort("index"), "index.damaged-1", "main"},
	"the configuration is garbage":     {write("config.toml", "nonsense"), "config.toml.damaged-1", "main"},
	"the configuration has a text":     {write("config.toml", "format = \"x\""), "config.toml.damaged-1", "main"},
	"the configuration is empty":       {write("config.toml", ""), "config.toml.damaged-1", "main"},
	"the configuration is gone":        {gone("config.toml"), "", "main"},
	"the configuration is a pipe":      {pipe("config.toml"), "config.toml.damaged-1", "main"},
}

var unknownCommit = digest.Sum([]byte("no commit")).String()

func write(name, text string) func(*fixture) {
	return func(f *fixture) {
		require.NoError(f.t, os.WriteFile(f.path(".dits/"+name), []byte(text), 0o600))
	}
}

func appendTo(name, text string) func(*fixture) {
	return func(f *fixture) {
		b, err := os.ReadFile(f.path(".dits/" + name))
		require.NoError(f.t, err)
		write(name, string(b)+text)(f)
	}
}

func cutShort(name string) func(*fixture) {
	return func(f *fixture) {
		b, err := os.ReadFile(f.path(".dits/" + name))
		require.NoError(f.t, err)
		write(name, string(b[:len(b)-1]))(f)
	}
}

func gone(name string) func(*fixture) {
	return func(f *fixture) { require.NoError(f.t, os.Remove(f.path(".dits/"+name))) }
}

func pipe(name string) func(*fixture) {
	return func(f *fixture) {
		gone(name)(f)
		require.NoError(f.t, syscall.Mkfifo(f.path(".dits/"+name), 0o600))
	}
}

// problemsOf is what fsck says of the repository at root, opening included.
func problemsOf(t *testing.T, root string) string {
	t.Helper()
	r, err := Open(root, nil)
	if err != nil {
		return err.Error()
	}
	defer r.Close()
	var said []string
	_, err = r.Fsck(context.Background(), FsckOptions{Report: func(err error) { said = append(said, err.Error()) }})
	require.NoError(t, err)
	return strings.Join(said, "\n")
}

// Each broken state is told with its file, in no words of Go; repair mends it and keeps what was there; then
// nothing is wrong, and committing and checking out go on.
func TestBrokenStatesAreToldAndRepaired(t *testing.T) {
	for name, c := range brokenStates {
		t.Run(name, func(t *testing.T) {
			f := twoBranches(t)
			c.breaks(f)
			said := problemsOf(t, f.Root)
			require.NotEmpty(t, said, "nothing told")
			require.NotContains(t, said, "struct")
			require.NotContains(t, said, "no .dits here")

			var mended []refs.Mending
			require.NoError(t, Repair(f.Root, func(m refs.Mending) { mended = append(mended, m) }))
			require.NotEmpty(t, mended)
			require.Empty(t, problemsOf(t, f.Root))
			if c.aside != "" {
				_, err := os.Lstat(f.path(".dits/" + c.aside))
				require.NoError(t, err)
			}
			f.reopen()
			h, err := f.Head()
			require.NoError(t, err)
			require.Equal(t, c.branch, h.Branch)
			require.False(t, h.Commit.IsZero())
			f.put("c", "three")
			f.save("third")
			f.checkout("other", CheckoutOptions{})
			f.readsBack("a", "one")
			mended = nil
			require.NoError(t, Repair(f.Root, func(m refs.Mending) { mended = append(mended, m) }))
			require.Empty(t, mended, "repair of what is right")
		})
	}
}

// What a branch or HEAD names may be lost: another branch can be checked out all the same.
func TestForcedCheckoutLeavesWhatIsLost(t *testing.T) {
	for _, name := range []string{
		"a branch names an unknown commit", "a branch is garbage", "a branch is a pipe",
		"HEAD names an unknown commit", "HEAD is garbage", "a log is garbage", "a log is a pipe",
	} {
		t.Run(name, func(t *testing.T) {
			f := twoBranches(t)
			brokenStates[name].breaks(f)
			f.reopen()
			_, err := f.Checkout(context.Background(), "other", CheckoutOptions{Force: true})
			require.NoError(t, err)
			h, err := f.Head()
			require.NoError(t, err)
			require.Equal(t, "other", h.Branch)
			f.put("a", "four")
			f.save("goes on")
		})
	}
}

// A log with a line that cannot be read does not keep anyone from committing, and keeps the line.
func TestCommitKeepsWhatItCannotReadOfALog(t *testing.T) {
	f := twoBranches(t)
	appendTo("logs/HEAD", "nonsense\n")(f)
	f.put("a", "five")
	f.save("third")
	b, err := os.ReadFile(f.path(".dits/logs/HEAD"))
	require.NoError(t, err)
	require.Contains(t, string(b), "\nnonsense\n")
	log, err := f.Reflog("HEAD")
	require.NoError(t, err)
	require.Len(t, log, 3)
}

// A broken branch or tag can be deleted and set anew, and does not hide the others.
func TestBrokenRefsCanBeReplaced(t *testing.T) {
	for name, breaks := range map[string]func(*fixture){
		"garbage": write("refs/heads/side", "nonsense"), "pipe": func(f *fixture) {
			require.NoError(f.t, syscall.Mkfifo(f.path(".dits/refs/heads/side"), 0o600))
		},
		"unknown": write("refs/heads/side", unknownCommit+"\n"),
	} {
		t.Run(name, func(t *testing.T) {
			f := twoBranches(t)
			breaks(f)
			list, err := f.Branches()
			require.NoError(t, err)
			require.Subset(t, shorts(list), []string{"main", "other"})
			_, err = f.CreateBranch("side", "other", true)
			require.NoError(t, err)
			require.NoError(t, os.Remove(f.path(".dits/refs/heads/side")))
			breaks(f)
			_, err = f.DeleteBranch("side", true)
			require.NoError(t, err)
			require.Empty(t, problemsOf(t, f.Root))

			write("refs/tags/v1", "nonsense")(f)
			_, err = f.CreateTag("v1", "", TagOptions{Force: true})
			require.NoError(t, err)
			write("refs/tags/v1", "nonsense")(f)
			_, err = f.DeleteTag("v1")
			require.NoError(t, err)
		})
	}
}

func shorts(list []refs.Ref) []string {
	var names []string
	for _, r := range list {
		names = append(names, r.Short())
	}
	return names
}

// Files of other programs are told by fsck as no problem, and nothing else minds them.
func TestForeignFilesAreNoted(t *testing.T) {
	f := twoBranches(t)
	foreign := []string{
		".dits/refs/heads/desktop.ini", ".dits/refs/.DS_Store", ".dits/refs/tags/Thumbs.db", ".dits/refs/heads/empty",
		".dits/store/packs/.DS_Store", ".dits/store/packs/desktop.ini", ".dits/store/packs/empty.pack",
	}
	for _, name := range foreign {
		text := "of another program"
		if strings.Contains(name, "empty") {
			text = ""
		}
		require.NoError(t, os.WriteFile(f.path(name), []byte(text), 0o600))
	}
	f.reopen()
	list, err := f.ListRefs("refs/")
	require.NoError(t, err)
	require.Equal(t, []string{"main", "other"}, shorts(list))
	var noted []string
	n, err := f.Fsck(context.Background(), FsckOptions{
		Report: func(err error) { t.Error(err) }, Note: func(s string) { noted = append(noted, s) },
	})
	require.NoError(t, err)
	require.Zero(t, n)
	require.Len(t, noted, len(foreign))
	for _, name := range foreign {
		require.Contains(t, strings.Join(noted, "\n"), filepath.FromSlash(name))
	}
}

// The catalog that is rebuilt grows beside the old one, which stays where building fails.
func TestRebuildKeepsTheOldCatalogUntilTheEnd(t *testing.T) {
	f := twoBranches(t)
	require.NoError(t, f.Close())
	before, err := os.ReadFile(f.path(".dits/store/catalog.db"))
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(f.path(".dits/store/catalog.db.new/in the way"), 0o700))
	require.Error(t, Rebuild(f.Root))
	after, err := os.ReadFile(f.path(".dits/store/catalog.db"))
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.NoError(t, os.RemoveAll(f.path(".dits/store/catalog.db.new")))
	require.NoError(t, Rebuild(f.Root))
	require.Empty(t, problemsOf(t, f.Root))
}
