package mount

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"dits/catalog"
	"dits/repo"
	"dits/repo/object"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

// mapVariable names a file whose digest this program prints, read through mmap: a process that waits for pages that it
// has to make itself may wait for ever.
const mapVariable = "DITS_TEST_MAP"

func TestMain(m *testing.M) {
	if path := os.Getenv(mapVariable); path != "" {
		f, err := os.Open(path)
		if err != nil {
			panic(err)
		}
		info, _ := f.Stat()
		b, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
		if err != nil {
			panic(err)
		}
		fmt.Print(digest.Sum(b))
		return
	}
	os.Exit(m.Run())
}

// needsFUSE skips a test where nothing can be mounted.
func needsFUSE(t *testing.T) {
	t.Helper()
	if err := available(); err != nil {
		t.Skip(err)
	}
	f, err := os.OpenFile(device, os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no FUSE for this user: %v", err)
	}
	require.NoError(t, f.Close())
}

// A mounted is a fixture that is mounted, as another process would.
type mounted struct {
	*fixture
	*Mount
	dir string

	mu     sync.Mutex
	failed []string
}

func (f *fixture) mount(o Options) *mounted {
	f.t.Helper()
	return f.mountAs(f.again(), o)
}

// mountAs is [fixture.mount] of the repository as r has it open.
func (f *fixture) mountAs(r *repo.Repo, o Options) *mounted {
	f.t.Helper()
	needsFUSE(f.t)
	m := &mounted{fixture: f, dir: filepath.Join(f.t.TempDir(), "m")}
	o.Failed = func(path string, err error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.failed = append(m.failed, path+": "+err.Error())
	}
	var err error
	m.Mount, err = Start(r, m.dir, o)
	require.NoError(f.t, err)
	f.t.Cleanup(func() {
		if err := m.End(); err != nil {
			_ = m.Detach()
			f.t.Error(err)
		}
	})
	return m
}

func (m *mounted) read(path string) []byte {
	m.t.Helper()
	b, err := os.ReadFile(filepath.Join(m.dir, path))
	require.NoError(m.t, err)
	return b
}

func (m *mounted) names(path string) (names []string) {
	m.t.Helper()
	entries, err := os.ReadDir(filepath.Join(m.dir, path))
	require.NoError(m.t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// All files of each branch, tag and commit are there, with what a listing says of them.
func TestMount(t *testing.T) {
	f := newFixture(t)
	_, err := f.CreateBranch("feat/deep/a", "HEAD", false)
	require.NoError(t, err)
	m := f.mount(Options{})
	require.Equal(t, []string{"branches", "commits", "tags"}, m.names("."))
	require.Equal(t, []string{"feat", "main"}, m.names("branches"))
	require.Equal(t, []string{"deep"}, m.names("branches/feat"))
	require.Equal(t, []string{"a"}, m.names("branches/feat/deep"))
	require.Equal(t, []string{"v1"}, m.names("tags"))
	id, err := f.Resolve("HEAD")
	require.NoError(t, err)
	commit, err := f.ReadCommit(id)
	require.NoError(t, err)
	for _, at := range []string{"branches/main", "branches/feat/deep/a", "tags/v1", "commits/" + id.String(), "commits/" + id.String()[:8]} {
		require.Equal(t, []string{"large.bin", "model.safetensors", "q4.gguf", "quants", "tuned.safetensors"}, m.names(at))
		for name, want := range f.files {
			sameBytes(t, want, m.read(at+"/"+name), at+"/"+name)
			info, err := os.Lstat(filepath.Join(m.dir, at, name))
			require.NoError(t, err)
			require.Equal(t, int64(len(want)), info.Size())
			require.Equal(t, commit.Time.Unix(), info.ModTime().Unix())
			require.Equal(t, map[bool]os.FileMode{true: 0o555, false: 0o444}[name == "quants/empty"], info.Mode())
		}
		target, err := os.Readlink(filepath.Join(m.dir, at, "q4.gguf"))
		require.NoError(t, err)
		require.Equal(t, "quants/model-Q4_K_M.gguf", target)
		sameBytes(t, f.files[target], m.read(at+"/q4.gguf"), at+" by the link")
	}
	require.Empty(t, m.names("commits"))
	for _, path := range []string{"", "branches", "commits", "branches/main", "branches/main/large.bin"} {
		var st unix.Statfs_t
		require.NoError(t, unix.Statfs(filepath.Join(m.dir, path), &st))
		require.Greater(t, int64(st.Blocks)*st.Bsize, int64(5<<20), "%q: what the packs take", path)
		require.Zero(t, st.Bavail)
	}
	for _, absent := range []string{"x", "branches/x", "branches/feat/x", "tags/main", "commits/main", "commits/HEAD", "commits/0000000000",
		"branches/main/x", "branches/main/quants/x", "branches/main/large.bin/x"} {
		_, err := os.Lstat(filepath.Join(m.dir, absent))
		require.Error(t, err, absent)
	}
	require.Empty(t, m.failed)
}

// The numbers of files are the same at the next mount, and for the same file of a branch and a tag.
func TestInodes(t *testing.T) {
	f := newFixture(t)
	var before []uint64
	for range 2 {
		m := f.mount(Options{})
		var now []uint64
		seen := map[uint64]string{}
		for _, path := range []string{"", "branches", "branches/main", "branches/main/quants", "branches/main/model.safetensors",
			"branches/main/tuned.safetensors", "tags/v1", "tags/v1/quants"} {
			var st unix.Stat_t
			require.NoError(t, unix.Stat(filepath.Join(m.dir, path), &st))
			require.Empty(t, seen[st.Ino], path)
			seen[st.Ino] = path
			now = append(now, st.Ino)
		}
		var same unix.Stat_t
		require.NoError(t, unix.Stat(filepath.Join(m.dir, "tags/v1/model.safetensors"), &same))
		require.Equal(t, "branches/main/model.safetensors", seen[same.Ino])
		if before != nil {
			require.Equal(t, before, now)
		}
		before = now
		require.NoError(t, m.End())
		require.NoDirExists(t, m.dir)
	}
}

// Several read at once, in order, at random and through mmap.
func TestReaders(t *testing.T) {
	f := newFixture(t)
	m := f.mount(Options{Rev: "v1"})
	var g errgroup.Group
	for name, want := range f.files {
		path := filepath.Join(m.dir, name)
		for seed := range uint64(2) {
			g.Go(func() error {
				file, err := os.Open(path)
				if err != nil {
					return err
				}
				defer file.Close()
				r := rand.New(rand.NewPCG(seed, 7))
				for range 100 {
					off := r.Int64N(int64(len(want)) + 1)
					b := make([]byte, min(r.Int64N(300_000), int64(len(want))-off))
					if _, err := file.ReadAt(b, off); err != nil && err != io.EOF {
						return err
					}
					sameBytes(t, want[off:off+int64(len(b))], b, name)
				}
				return nil
			})
		}
		if len(want) == 0 {
			continue
		}
		g.Go(func() error {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), mapVariable+"="+path)
			out, err := cmd.Output()
			if err == nil && string(out) != digest.Sum(want).String() {
				err = fmt.Errorf("%s through mmap: got digest %s, want %s", name, out, digest.Sum(want))
			}
			return err
		})
	}
	require.NoError(t, g.Wait())
}

// A branch that moves is followed; what is open stays what it was.
func TestFollow(t *testing.T) {
	for _, rev := range []string{"", "main", "HEAD"} {
		t.Run(rev, func(t *testing.T) {
			f := newFixture(t)
			m := f.mount(Options{Rev: rev})
			at := map[bool]string{true: "branches/main/", false: ""}[rev == ""]
			old := f.files["large.bin"]
			open, err := os.Open(filepath.Join(m.dir, at+"large.bin"))
			require.NoError(t, err)
			defer open.Close()
			now := randomBytes(3 << 20)[1:]
			f.put("large.bin", now)
			f.put("new/file", []byte("new"))
			f.commit("moved")
			require.Eventually(t, func() bool {
				b, err := os.ReadFile(filepath.Join(m.dir, at+"new/file"))
				info, serr := os.Stat(filepath.Join(m.dir, at+"large.bin"))
				return err == nil && string(b) == "new" && serr == nil && info.Size() == int64(len(now))
			}, 10*time.Second, 50*time.Millisecond)
			sameBytes(t, now, m.read(at+"large.bin"), "the new file")
			b, err := io.ReadAll(open)
			require.NoError(t, err)
			sameBytes(t, old, b, "the file that is open")
			require.Empty(t, m.failed)
		})
	}
}

// Nothing can be changed, and the error says why.
func TestReadOnly(t *testing.T) {
	m := newFixture(t).mount(Options{})
	at := func(path string) string { return filepath.Join(m.dir, path) }
	const file = "branches/main/model.safetensors"
	for name, change := range map[string]func() error{
		"write":   func() error { return os.WriteFile(at(file), nil, 0o644) },
		"make":    func() error { return os.WriteFile(at("branches/main/x"), nil, 0o644) },
		"append":  func() error { _, err := os.OpenFile(at(file), os.O_WRONLY|os.O_APPEND, 0); return err },
		"remove":  func() error { return os.Remove(at(file)) },
		"rename":  func() error { return os.Rename(at(file), at("branches/main/x")) },
		"mkdir":   func() error { return os.Mkdir(at("branches/x"), 0o755) },
		"rmdir":   func() error { return os.Remove(at("branches/main")) },
		"chmod":   func() error { return os.Chmod(at(file), 0o644) },
		"times":   func() error { return os.Chtimes(at(file), time.Now(), time.Now()) },
		"symlink": func() error { return os.Symlink("x", at("tags/x")) },
		"link":    func() error { return os.Link(at(file), at("tags/x")) },
		"cut":     func() error { return os.Truncate(at(file), 0) },
	} {
		require.ErrorIs(t, change(), syscall.EROFS, name)
	}
	sameBytes(t, m.files["model.safetensors"], m.read(file), file)
}

// A listing of many files says how long each is, and reads none of their manifests.
func TestManyFiles(t *testing.T) {
	f := newFixture(t)
	const n = 1000
	for i := range n {
		f.put(fmt.Sprintf("many/%04d", i), fmt.Append(nil, strings.Repeat("x", i)))
	}
	f.commit("many")
	m := f.mount(Options{Rev: "HEAD"})
	start := time.Now()
	entries, err := os.ReadDir(filepath.Join(m.dir, "many"))
	require.NoError(t, err)
	require.Len(t, entries, n)
	for i, e := range entries {
		info, err := e.Info()
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("%04d", i), e.Name())
		require.Equal(t, int64(i), info.Size())
	}
	require.Less(t, time.Since(start), 5*time.Second)
	require.Zero(t, m.system.decoder.files.Len())
}

// What is damaged is an error for who reads it, told once with the file and where; all else is read.
func TestDamage(t *testing.T) {
	f := newFixture(t)
	packs, err := filepath.Glob(filepath.Join(f.StoreDir, "packs", "*.pack"))
	require.NoError(t, err)
	want := f.files["large.bin"]
	found := false
	for _, path := range packs {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		i := strings.Index(string(b), string(want[4<<20:4<<20+64]))
		if i < 0 {
			continue
		}
		found = true
		b[i] ^= 1
		require.NoError(t, os.Chmod(path, 0o644))
		require.NoError(t, os.WriteFile(path, b, 0o644))
	}
	require.True(t, found, "bytes that do not compress are stored as they are")
	m := f.mount(Options{})
	path := filepath.Join(m.dir, "branches/main/large.bin")
	for range 2 {
		_, err = os.ReadFile(path)
		require.ErrorIs(t, err, syscall.EIO)
	}
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	head := make([]byte, 1<<20)
	_, err = file.ReadAt(head, 0)
	require.NoError(t, err)
	sameBytes(t, want[:1<<20], head, "what is whole")
	m.mu.Lock()
	defer m.mu.Unlock()
	require.Len(t, m.failed, 1)
	require.Regexp(t, `^branches/main/large.bin: offset \d+: `, m.failed[0])
	require.NotContains(t, m.failed[0], "\n")
}

// What is in use stays until that ends, or is taken away; nothing runs on after it.
func TestEnd(t *testing.T) {
	f := newFixture(t)
	needsFUSE(t)
	r := f.again()
	_, err := r.Files("HEAD") // what a store needs is there
	require.NoError(t, err)
	before := runtime.NumGoroutine()
	m := f.mountAs(r, Options{})
	file, err := os.Open(filepath.Join(m.dir, "branches/main/large.bin"))
	require.NoError(t, err)
	_, err = io.CopyN(io.Discard, file, 1<<20)
	require.NoError(t, err)
	require.ErrorIs(t, m.End(), ErrBusy)
	require.NoError(t, file.Close())
	require.Eventually(t, func() bool { return m.End() == nil }, 5*time.Second, 10*time.Millisecond)
	<-m.Done()
	require.NoDirExists(t, m.dir)
	for wait := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(wait) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines before, now:\n%s", before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

// Who unmounts it from outside ends it, too.
func TestUnmountedFromOutside(t *testing.T) {
	f := newFixture(t)
	dir := t.TempDir() // not made by us, so it stays
	needsFUSE(t)
	m, err := Start(f.again(), dir, Options{})
	require.NoError(t, err)
	require.NoError(t, detach(dir, m.direct))
	select {
	case <-m.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("it goes on")
	}
	require.NoError(t, m.End())
	require.DirExists(t, dir)
}

// Places that cannot be mounted on are refused, and nothing is left there.
func TestPlaces(t *testing.T) {
	f := newFixture(t)
	needsFUSE(t)
	full := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(full, "x"), nil, 0o644))
	require.NoError(t, os.Mkdir(filepath.Join(f.Root, "sub"), 0o755))
	for dir, want := range map[string]string{
		full:                                "is not empty",
		filepath.Join(full, "x"):            "not a directory",
		filepath.Join(full, "no", "folder"): "no such file",
		filepath.Join(f.Root, "sub"):        "is in the working folder",
		filepath.Join(f.Root, "new"):        "is in the working folder",
		filepath.Join(f.StoreDir, "new"):    "is in the working folder",
	} {
		_, err := Start(f.again(), dir, Options{})
		require.ErrorContains(t, err, want)
	}
	require.NoDirExists(t, filepath.Join(f.Root, "new"))
	_, err := Start(f.again(), filepath.Join(full, "new"), Options{Rev: "nowhere"})
	require.ErrorContains(t, err, "nowhere")
	require.NoDirExists(t, filepath.Join(full, "new"))
}

// Folders of other version control that a commit has are not shown: programs would obey what is in them.
func TestForeign(t *testing.T) {
	f := newFixture(t)
	files, err := f.Files("HEAD")
	require.NoError(t, err)
	hook := files[0]
	hook.Path = ".git/hooks/post-checkout"
	w := f.Store.Begin(tensorstore.WriterOptions{})
	defer w.Close()
	root, err := object.PutTree(w, append([]object.TreeFile{hook}, files...), 0)
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	s, _, err := newSystem(f.Repo, Options{})
	require.NoError(t, err)
	entries, err := s.entries(root.ID)
	require.NoError(t, err)
	require.Len(t, entries, 5)
	_, found := object.FindEntry(catalog.Tree{Entries: entries}, ".git")
	require.False(t, found)
}
