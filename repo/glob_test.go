package repo

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/work"
)

// The rules are git's: git itself decides what is right.
func TestIgnoreAsGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed; TestGlob has the rules too")
	}
	f := newFixture(t)
	files := []string{"a.bin", "b.txt", "x/a.bin", "x/keep.bin", "x/y/b.txt", "x/y/z/c.tmp", "cache/d", "x/cache/d",
		"top", "x/top", "log/1.log", "log/sub/2.log", "log/sub/keep.log", "build/out/o", "we ird", "#hash", "deep/a/b/c/end"}
	for _, name := range files {
		f.put(name, name)
	}
	rules := map[string]string{
		"":    "*.bin\ncache/\n/top\n\\#hash\nlog/**\n!log/sub/\n!log/sub/keep.log\ndeep/**/end\nbuild\n!build/out/o\nwe?ird\n",
		"x":   "!keep.bin\ny/*.txt\n*.tmp\n",
		"x/y": "!z/\n",
	}
	cmd := exec.Command("git", "init", "-q", f.Root)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	require.NoError(t, cmd.Run())
	for dir, text := range rules {
		for _, name := range []string{".gitignore", work.IgnoreFile} {
			require.NoError(t, os.WriteFile(filepath.Join(f.Root, dir, name), []byte(text), 0o644))
		}
	}
	out, _ := exec.Command("git", append([]string{"-C", f.Root, "-c", "core.quotepath=off", "check-ignore", "--no-index"}, files...)...).Output()
	ignored := map[string]bool{}
	for line := range strings.SplitSeq(strings.TrimSpace(string(out)), "\n") {
		if unquoted := strings.Trim(line, `"`); unquoted != "" {
			ignored[unquoted] = true
		}
	}
	require.Greater(t, len(ignored), 5)
	walked := map[string]bool{}
	visit := func(w work.WorkFile) error { walked[w.Path] = true; return nil }
	require.NoError(t, f.Walk("", work.WalkOptions{Visit: visit}))
	for _, name := range files {
		require.Equal(t, !ignored[name], walked[name], "walk: %s", name)
	}
}
