package repo

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/catalog"
	"dits/repo/refs"
	"dits/tensorstore/pack"
)

// flipKind damages the first record of a kind, or all of them.
func flipKind(kind pack.Kind, all bool) func(f *fixture) {
	return func(f *fixture) {
		var places []catalog.Record
		require.NoError(f.t, f.Catalog.Each(kind, func(rec catalog.Record) error {
			places = append(places, rec)
			return nil
		}))
		require.NotEmpty(f.t, places)
		if !all {
			places = places[:1]
		}
		for _, p := range places {
			f.flipByte(p.Pack, p.Off+p.Len/2)
		}
	}
}

// eachPack does something to every pack.
func eachPack(do func(f *fixture, path string)) func(f *fixture) {
	return func(f *fixture) {
		packs, err := f.Catalog.Packs()
		require.NoError(f.t, err)
		require.NoError(f.t, f.Close())
		for _, p := range packs {
			do(f, pack.Path(filepath.Join(f.StoreDir, "packs"), p.Name))
		}
		f.reopen()
	}
}

// heal is what `fsck --repair --from` does.
func (f *fixture) heal(from ...string) {
	f.t.Helper()
	told := func(m refs.Mending) { f.t.Log(m) }
	require.NoError(f.t, f.Close())
	require.NoError(f.t, RepairFiles(f.Root, told))
	f.reopen()
	require.NoError(f.t, f.Heal(context.Background(), from, func(s string) { f.t.Log(s) }))
	require.NoError(f.t, f.Close())
	require.NoError(f.t, Repair(f.Root, told))
	f.reopen()
}

// Whatever is damaged or lost comes back from a good copy: nothing is wrong then, and all reads back.
func TestHeal(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(f *fixture)
		files  bool // that the files of HEAD are enough
	}{
		"a chunk":                {flipKind(pack.Chunk, false), true},
		"all chunks":             {flipKind(pack.Chunk, true), true},
		"a prediction":           {flipKind(pack.Prediction, false), true},
		"all predictions":        {flipKind(pack.Prediction, true), true},
		"a manifest":             {flipKind(pack.Manifest, false), true},
		"all manifests":          {flipKind(pack.Manifest, true), true},
		"a tree":                 {flipKind(pack.Tree, false), false},
		"all commits and chunks": {func(f *fixture) { flipKind(pack.Commit, true)(f); flipKind(pack.Chunk, true)(f) }, false},
		"the indexes of packs": {eachPack(func(f *fixture, path string) {
			b, err := os.ReadFile(path)
			require.NoError(f.t, err)
			b[len(b)-60] ^= 1
			require.NoError(f.t, os.Chmod(path, 0o600))
			require.NoError(f.t, os.WriteFile(path, b, 0o600))
		}), false},
		"packs cut short": {eachPack(func(f *fixture, path string) { require.NoError(f.t, os.Truncate(path, 100)) }), false},
		"packs gone":      {eachPack(func(f *fixture, path string) { require.NoError(f.t, os.Remove(path)) }), false},
	} {
		for from, files := range map[string]bool{"files": true, "a store": false} {
			if files && !c.files {
				continue
			}
			t.Run(name+" from "+from, func(t *testing.T) {
				f := modelAndFineTune(t)
				base, tuned := f.read("base.safetensors"), f.read("tuned.safetensors")
				good := t.TempDir()
				require.NoError(t, os.CopyFS(filepath.Join(good, "store"), os.DirFS(f.StoreDir)))
				c.damage(f)
				require.NotEmpty(t, f.fsck(false))
				if files {
					f.heal(f.path("base.safetensors"), f.path("tuned.safetensors"))
				} else {
					f.heal(filepath.Join(good, "store"))
				}
				require.Empty(t, f.fsck(false))
				require.Empty(t, f.fsck(true))
				f.readsBack("base.safetensors", base)
				f.readsBack("tuned.safetensors", tuned)
				log, err := f.Reflog("refs/heads/main")
				require.NoError(t, err)
				h, err := f.Head()
				require.NoError(t, err)
				require.Equal(t, log[0].New, h.Commit)
				require.NotEqual(t, "fsck --repair", log[0].Reason)
			})
		}
	}
}

// What no copy has stays as damaged as it was, and is told still.
func TestHealLeavesWhatNobodyHas(t *testing.T) {
	f := modelAndFineTune(t)
	b, err := f.Store.Blob(f.blobOf("base.safetensors", "left"))
	require.NoError(t, err)
	f.flipChunk(b.Chunks()[0].ID)
	before := f.fsck(false)
	require.NotEmpty(t, before)
	f.put("other.safetensors", tensorsFile("other", bf16("right", 9, 0)))
	f.heal(f.path("other.safetensors"))
	require.ElementsMatch(t, before, f.fsck(false))
	f.heal(f.path("base.safetensors"))
	require.Empty(t, f.fsck(false))
}
