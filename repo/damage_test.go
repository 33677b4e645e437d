package repo

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/refs"
	"dits/tensorstore/pack"
)

// A damage is done to a repository that nobody has open.
type damage struct {
	name string
	do   func(t *testing.T, root string)
	mild bool // the next command makes up for it, so that fsck need not find it
}

// edit changes a file of .dits.
func edit(name string, change func([]byte) []byte) func(*testing.T, string) {
	return func(t *testing.T, root string) { editFile(t, filepath.Join(root, ".dits", name), change) }
}

func editFile(t *testing.T, path string, change func([]byte) []byte) {
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.WriteFile(path, change(b), 0o644))
}

// What may become of some bytes.
var changedBytes = map[string]func([]byte) []byte{
	"first byte": func(b []byte) []byte { b[0] ^= 1; return b },
	"last byte":  func(b []byte) []byte { b[len(b)-1] ^= 0x80; return b },
	"zeroed":     func(b []byte) []byte { return make([]byte, len(b)) },
	"reversed":   func(b []byte) []byte { slices.Reverse(b); b[len(b)/2] ^= 4; return b },
}

// ofRecords damages the payload of a record of each kind in each way.
func ofRecords() (all []damage) {
	for kind := pack.Chunk; kind <= pack.Tag; kind++ {
		for way, change := range changedBytes {
			all = append(all, damage{name: fmt.Sprint(kind, ": ", way), do: func(t *testing.T, root string) {
				name, e := recordIn(t, root, kind)
				editFile(t, name, func(b []byte) []byte {
					copy(b[e.Off:e.Off+e.Len], change(bytes.Clone(b[e.Off:e.Off+e.Len])))
					return b
				})
			}})
		}
	}
	return all
}

// recordIn is the pack and the entry of the longest record of a kind.
func recordIn(t *testing.T, root string, kind pack.Kind) (path string, longest pack.Entry) {
	for _, name := range packsIn(t, root) {
		r, err := pack.Open(name)
		require.NoError(t, err)
		for _, e := range r.Entries() {
			if e.Kind == kind && e.Len > longest.Len {
				path, longest = name, e
			}
		}
		require.NoError(t, r.Close())
	}
	require.NotEmpty(t, path, kind)
	return path, longest
}

func packsIn(t *testing.T, root string) []string {
	names, err := filepath.Glob(filepath.Join(root, ".dits/store/packs/*.pack"))
	require.NoError(t, err)
	require.NotEmpty(t, names)
	return names
}

// ofPack damages the largest pack as a whole.
func ofPack(name string, change func([]byte) []byte) damage {
	return damage{name: "pack: " + name, do: func(t *testing.T, root string) {
		path, _ := recordIn(t, root, pack.Chunk)
		editFile(t, path, change)
	}}
}

var ofPacks = []damage{
	ofPack("header", func(b []byte) []byte { b[3] ^= 1; return b }),
	ofPack("version", func(b []byte) []byte { b[8] ^= 0x10; return b }),
	ofPack("index", func(b []byte) []byte { b[len(b)-60] ^= 1; return b }),
	ofPack("trailer", func(b []byte) []byte { b[len(b)-5] ^= 1; return b }),
	ofPack("a byte short", func(b []byte) []byte { return b[:len(b)-1] }),
	ofPack("cut to half", func(b []byte) []byte { return b[:len(b)/2] }),
	ofPack("empty", func([]byte) []byte { return nil }),
	ofPack("text", func([]byte) []byte { return []byte("no pack") }),
	ofPack("grown", func(b []byte) []byte { return append(b, 0) }),
	ofPack("a page of zeros", func(b []byte) []byte { copy(b[4096:], make([]byte, 4096)); return b }),
	{name: "pack: gone", do: func(t *testing.T, root string) {
		path, _ := recordIn(t, root, pack.Chunk)
		require.NoError(t, os.Remove(path))
	}},
	{name: "packs: all gone", do: func(t *testing.T, root string) {
		for _, path := range packsIn(t, root) {
			require.NoError(t, os.Remove(path))
		}
	}},
	{name: "packs: swapped", do: func(t *testing.T, root string) {
		all := packsIn(t, root)
		require.NoError(t, os.Rename(all[0], all[0]+"-"))
		require.NoError(t, os.Rename(all[1], all[0]))
		require.NoError(t, os.Rename(all[0]+"-", all[1]))
	}},
	{name: "pack: a copy under another name", mild: true, do: func(t *testing.T, root string) {
		path, _ := recordIn(t, root, pack.Chunk)
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), strings.Repeat("0", 64)+".pack"), b, 0o644))
	}},
}

var ofCatalog = []damage{
	{name: "catalog: gone", mild: true, do: func(t *testing.T, root string) {
		require.NoError(t, os.Remove(filepath.Join(root, ".dits/store/catalog.db")))
	}},
	{name: "catalog: text", do: edit("store/catalog.db", func([]byte) []byte { return []byte(strings.Repeat("no database ", 1000)) })},
	{name: "catalog: cut", do: edit("store/catalog.db", func(b []byte) []byte { return b[:len(b)/2] })},
	{name: "catalog: a page of zeros", do: edit("store/catalog.db", func(b []byte) []byte {
		copy(b[8192:], make([]byte, 4096))
		return b
	})},
}

// ofFiles damages files of .dits.
func ofFiles() (all []damage) {
	garbage := func([]byte) []byte { return []byte("garbage\x00\n") }
	unknown := func([]byte) []byte { return []byte(strings.Repeat("ab", 32) + "\n") }
	half := func(b []byte) []byte { return b[:len(b)/2] }
	empty := func([]byte) []byte { return nil }
	for _, name := range []string{"HEAD", "refs/heads/main", "refs/tags/v1", "index", "logs/HEAD", "logs/refs/heads/main", "config.toml"} {
		for way, change := range map[string]func([]byte) []byte{"garbage": garbage, "half": half, "empty": empty, "an unknown id": unknown} {
			id := way == "an unknown id"
			if id && !strings.HasPrefix(name, "refs") && name != "HEAD" {
				continue
			}
			mild := way == "empty" && (strings.HasPrefix(name, "logs") || name == "config.toml")
			all = append(all, damage{name + ": " + way, edit(name, change), mild})
		}
	}
	return all
}

// Each kind of damage is found, costs no wrong byte, and is healed by a good copy.
func TestKindsOfDamage(t *testing.T) {
	f := modelAndFineTune(t)
	f.put("big.bin", string(noise(5, 3<<20)))
	f.save("big")
	_, err := f.CreateTag("v1", "", TagOptions{Message: "one"})
	require.NoError(t, err)
	files := map[string]string{}
	for _, path := range []string{"base.safetensors", "tuned.safetensors", "big.bin"} {
		files[path] = f.read(path)
	}
	require.NoError(t, f.Close())
	kinds := slices.Concat(ofRecords(), ofPacks, ofCatalog, ofFiles())
	require.Greater(t, len(kinds), 60)
	for i, d := range kinds {
		if underRace && i%8 != 0 {
			continue
		}
		t.Run(d.name, func(t *testing.T) { requireHealed(t, f.Root, d, files) })
	}
}

func requireHealed(t *testing.T, good string, d damage, files map[string]string) {
	root := t.TempDir()
	require.NoError(t, os.CopyFS(root, os.DirFS(good)))
	d.do(t, root)
	found := false
	if r, err := Open(root, nil); err != nil {
		found = true
		require.Contains(t, err.Error(), ".dits", "it names the file")
	} else {
		f := &fixture{Repo: r, t: t}
		for path, want := range files {
			if got, err := f.cat("main", path, CatOptions{}); err != nil {
				found = true
			} else {
				require.True(t, want == string(got), "wrong bytes of %s", path)
			}
		}
		n, err := r.Fsck(context.Background(), FsckOptions{Report: func(err error) { t.Log(err) }})
		found = found || n > 0 || err != nil
		require.True(t, d.mild || n > 0 || err != nil, "fsck finds it")
		require.NoError(t, r.Close())
	}
	require.True(t, found || d.mild)

	told := func(m refs.Mending) { t.Log(m) }
	require.NoError(t, RepairFiles(root, told))
	r, err := Open(root, nil)
	require.NoError(t, err)
	require.NoError(t, r.Heal(context.Background(), []string{filepath.Join(good, ".dits/store")}, func(s string) { t.Log(s) }))
	require.NoError(t, r.Close())
	require.NoError(t, Repair(root, told))
	if r, err = Open(root, nil); err != nil {
		t.Fatal(err)
	}
	f := &fixture{Repo: r, t: t}
	defer func() { f.Close() }()
	require.Empty(t, f.fsck(false))
	for path, want := range files {
		got, err := f.cat("main", path, CatOptions{})
		require.NoError(t, err)
		require.True(t, want == string(got), path)
	}
}
