package repo

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/tensorstore"
	"dits/tensorstore/disk/faultfs"
	"dits/tensorstore/pack"
)

// losePacks removes the packs that hold a record of some kind, and opens the repository again.
func (f *fixture) losePacks(kind pack.Kind) {
	f.t.Helper()
	packs, err := f.Catalog.Packs()
	require.NoError(f.t, err)
	lost := 0
	for _, p := range packs {
		path := pack.Path(filepath.Join(f.StoreDir, "packs"), p.Name)
		r, err := pack.Open(path)
		require.NoError(f.t, err)
		has := false
		for _, e := range r.Entries() {
			has = has || e.Kind == kind
		}
		require.NoError(f.t, r.Close())
		if has {
			require.NoError(f.t, os.Remove(path))
			lost++
		}
	}
	require.NotZero(f.t, lost)
	f.reopen()
}

// reopen makes the repository what another process would see.
func (f *fixture) reopen() {
	f.t.Helper()
	require.NoError(f.t, f.Close())
	r, err := Open(f.Root, nil)
	require.NoError(f.t, err)
	f.Repo = r
}

func (f *fixture) readsBack(path, want string) {
	f.t.Helper()
	x, err := f.Index()
	require.NoError(f.t, err)
	file, err := f.ReadFile(x.Find(path).ID)
	require.NoError(f.t, err)
	var got buffer
	require.NoError(f.t, f.CopyContent(context.Background(), &got, file, object.NoProgress))
	require.Equal(f.t, want, string(got))
}

type buffer []byte

func (b *buffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

// Commit says to add again what has left the store; then adding it has to help, though
// its stat is as staged.
func TestAddBringsBackWhatTheStoreHasLost(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.put("d/b", "two")
	f.save("first")
	f.put("c", "three")
	f.add("c")
	f.losePacks(pack.Manifest)
	_, err := f.Commit(context.Background(), CommitOptions{Message: "second"})
	require.ErrorIs(t, err, tensorstore.ErrUnknown)
	f.add("")
	f.readsBack("a", "one")
	f.readsBack("d/b", "two")
	f.readsBack("c", "three")
	f.commit("second")
	require.Empty(t, f.fsck(false))
}

// A pack with a part of a file is lost and another still describes the file.
func TestAddStoresThePartsThatAFileHasLost(t *testing.T) {
	f := newFixture(t)
	f.put("a", "one")
	f.add("a")
	x, err := f.Index()
	require.NoError(t, err)
	file, err := f.ReadFile(x.Find("a").ID)
	require.NoError(t, err)
	f.losePacks(pack.Manifest)
	w := f.Store.Begin(tensorstore.WriterOptions{})
	require.NoError(t, w.PutObject(pack.Manifest, file.ID, object.EncodeManifest(file)))
	require.NoError(t, w.Flush())
	require.NoError(t, w.Close())
	f.put("a", "one") // with another time
	f.add("a")
	f.readsBack("a", "one")
}

// A folder behind a link is no folder of the working folder.
func TestAddDoesNotFollowLinksToFolders(t *testing.T) {
	f := newFixture(t)
	outside := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(outside, "sub"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(outside, "sub", "secret"), []byte("s"), 0o600))
	require.NoError(t, os.Symlink(outside, f.path("link")))
	f.add("link")
	for _, path := range []string{"link/sub", "link/sub/secret"} {
		err := f.Add(context.Background(), []string{path}, AddOptions{})
		require.ErrorIs(t, err, object.ErrNoPath, path)
	}
	x, err := f.Index()
	require.NoError(t, err)
	require.Len(t, x.Entries, 1)
	require.EqualValues(t, object.ModeLink, x.Entries[0].Mode)
}

// A file that another process writes to while it is read is refused, and the index stays as it was.
func TestAddNoticesAFileThatChanges(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"cut short": func(path string) error { return os.Truncate(path, 10) },
		"grown": func(path string) error {
			return os.WriteFile(path, make([]byte, 5<<20), 0o600)
		},
		"written in place": func(path string) error {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = f.WriteAt([]byte("x"), 3<<20)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.put("a", string(make([]byte, 4<<20)))
			var once sync.Once
			changing := errors.New("not changed")
			p := onAdd{func() { once.Do(func() { changing = change(f.path("a")) }) }}
			err := f.Add(context.Background(), []string{"a"}, AddOptions{Progress: p})
			require.NoError(t, changing)
			require.ErrorIs(t, err, tensorstore.ErrChanged)
			x, err := f.Index()
			require.NoError(t, err)
			require.Empty(t, x.Entries)
		})
	}
}

// onAdd is a Progress that runs a function at each step.
type onAdd struct{ step func() }

func (onAdd) Start(string, int64) {}
func (onAdd) Turn(string, string) {}
func (p onAdd) Add(int64)         { p.step() }
func (onAdd) Skip(string, int64)  {}
func (onAdd) Done()               {}

// recorded is a Progress that counts the bytes of each pass over each file.
type recorded struct {
	totals map[string]int64 // by pass, less what was skipped
	done   map[string]int64 // by pass and file, "hashing a"
	at     string
	mu     sync.Mutex
}

func (p *recorded) Start(pass string, total int64) { p.totals[pass] += total }
func (p *recorded) Turn(pass, file string)         { p.at = pass + " " + file }
func (p *recorded) Skip(pass string, n int64)      { p.totals[pass] -= n }
func (p *recorded) Done()                          {}
func (p *recorded) Add(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done[p.at] += n
}

// A file is read twice, to hash and to store it; where the store has it, the second falls away.
func TestAddTellsHowFarEachPassIs(t *testing.T) {
	f := newFixture(t)
	f.put("new", string(make([]byte, 5<<20)))
	f.put("known", "as new as the other")
	f.add("known")
	f.put("known", "as new as the other") // with another time
	p := &recorded{totals: map[string]int64{}, done: map[string]int64{}}
	require.NoError(t, f.Add(context.Background(), []string{""}, AddOptions{Progress: p}))
	require.Equal(t, map[string]int64{"hashing": 5<<20 + 19, "storing": 5 << 20}, p.totals)
	require.Equal(t, map[string]int64{"hashing new": 5 << 20, "hashing known": 19, "storing new": 5 << 20}, p.done)
}

// A new repository, its first add and its first commit are there after a loss of power.
func TestANewRepositorySurvivesALossOfPower(t *testing.T) {
	for _, loss := range faultfs.Losses {
		t.Run(loss.String(), func(t *testing.T) {
			root := t.TempDir()
			fsys, err := faultfs.New(root)
			require.NoError(t, err)
			r, err := Init(root, InitOptions{FS: fsys})
			require.NoError(t, err)
			f := &fixture{Repo: r, t: t}
			require.NoError(t, r.SetConfig(func(c *Config) { c.User.Name, c.User.Email = "Ada", "ada@example.org" }))
			f.put("a", "one")
			id := f.save("first")
			require.NoError(t, r.Close())
			require.NoError(t, fsys.Crash(loss))
			f.Repo, err = Open(root, nil)
			require.NoError(t, err)
			defer f.Close()
			h, err := f.Head()
			require.NoError(t, err)
			require.Equal(t, id, h.Commit)
			require.Empty(t, f.fsck(false))
			f.readsBack("a", "one")
		})
	}
}
