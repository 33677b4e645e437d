package repo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/refs"
)

func TestInit(t *testing.T) {
	root := t.TempDir()
	_, err := Find(root)
	require.ErrorIs(t, err, ErrNoRepository)
	r, err := Init(root, InitOptions{})
	require.NoError(t, err)
	require.NoError(t, r.Close())
	for name, want := range map[string]string{
		"HEAD": "ref: refs/heads/main\n", ".gitignore": "*\n",
		"config.toml": "format = 1\nfeatures = []\n\n[user]\n[store]\n",
	} {
		b, err := os.ReadFile(filepath.Join(root, ".dits", name))
		require.NoError(t, err)
		require.Equal(t, want, string(b), name)
	}
	require.DirExists(t, filepath.Join(root, ".dits/store/packs"))

	require.NoError(t, os.WriteFile(filepath.Join(root, ".dits/HEAD"), []byte("ref: refs/heads/other\n"), 0o644))
	r, err = Init(root, InitOptions{})
	require.NoError(t, err)
	h, err := r.Head()
	require.NoError(t, err)
	require.Equal(t, "other", h.Branch, "a second init changes nothing")
	require.NoError(t, r.Close())
	_, err = Init(root, InitOptions{Store: t.TempDir()})
	require.ErrorIs(t, err, refs.ErrExists, "the store cannot be moved by init")

	deep := filepath.Join(root, "a/b")
	require.NoError(t, os.MkdirAll(deep, 0o755))
	r, err = Find(deep)
	require.NoError(t, err)
	defer r.Close()
	real, err := filepath.EvalSymlinks(root)
	require.NoError(t, err)
	require.Equal(t, real, r.Root)
}

// Two repositories share a store: what one has added costs the other nothing.
func TestSharedStore(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store")
	var stored []int64
	for range 2 {
		r, err := Init(t.TempDir(), InitOptions{Store: store})
		require.NoError(t, err)
		defer r.Close()
		require.Equal(t, store, r.StoreDir)
		f := &fixture{Repo: r, t: t}
		f.put("a", strings.Repeat("content ", 1000))
		require.NoError(t, r.Add(t.Context(), []string{"a"}, AddOptions{Report: func(a Added) { stored = append(stored, a.Stored) }}))
	}
	require.Positive(t, stored[0])
	require.Zero(t, stored[1])
	entries, err := os.ReadDir(filepath.Join(store, "repos"))
	require.NoError(t, err)
	require.Len(t, entries, 2)
}

func TestConfig(t *testing.T) {
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	f := newFixture(t)
	require.Equal(t, refs.Author{Name: "Ada", Mail: "ada@example.org", Default: false}, f.Author())
	require.NoError(t, f.SetConfig(func(c *Config) { c.User.Name, c.User.Email = "", "a\n<b>" }))
	a := f.Author()
	require.True(t, a.Default)
	require.NoError(t, object.CheckAuthor(a.String()))
	require.Equal(t, "ab", a.Mail)

	for text, want := range map[string]struct {
		err     error
		message string
	}{
		"format = 2":                           {object.ErrVersion, "format 2"},
		"format = 1\nfeatures = ['chunks-v9']": {object.ErrVersion, `"chunks-v9"`},
		"format = 0":                           {nil, "format 0"},
		"":                                     {nil, "format 0"},
		"format = 1\n[store]\npath = 'rel'":    {nil, "absolute"},
		"format = ":                            {nil, "config.toml"},
	} {
		require.NoError(t, os.WriteFile(configPath(f.Dir), []byte(text), 0o644))
		_, err := Open(f.Root, nil)
		require.ErrorContains(t, err, want.message, text)
		if want.err != nil {
			require.ErrorIs(t, err, want.err)
		}
	}
}
