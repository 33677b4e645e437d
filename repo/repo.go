package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"dits/repo/history"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore/disk"
)

// A Repo is an open repository. Reading it from several goroutines is safe;
// changes exclude each other, and those of other processes, by its lock. Close it.
//
// It is what the packages below it are: a [history.History] of a [work.Folder] with its
// [refs.Refs] over an [object.Database].
type Repo struct {
	*history.History
	StoreDir string // the store: .dits/store, or one shared with other repositories
	Config   Config
	Settings Settings // the user's

	gitUser func() refs.Author // asked once, if at all
}

// Find opens the repository that start, a folder or a file in one, is in.
// [ErrNoRepository] if there is none up to the root.
func Find(start string) (*Repo, error) {
	root, err := findRoot(start)
	if err != nil {
		return nil, err
	}
	return Open(root, nil)
}

// findRoot is the working folder of the repository that start is in.
func findRoot(start string) (string, error) {
	dir, err := filepath.Abs(start)
	if err != nil {
		return "", err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return "", err
	}
	for {
		if refs.IsRepository(filepath.Join(dir, object.Dir)) {
			return dir, nil
		}
		if _, err := os.Lstat(filepath.Join(dir, object.Dir, object.HeadName)); errors.Is(err, fs.ErrPermission) {
			return "", err // there may be one, which is somebody else's
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("%s: %w", start, ErrNoRepository)
		}
		dir = up
	}
}

// Open opens the repository of the working folder root. A nil fsys is the
// operating system's.
func Open(root string, fsys disk.FS) (*Repo, error) {
	r, err := configured(root, fsys)
	if err != nil {
		return nil, err
	}
	if r.Database, err = object.Open(r.StoreDir, r.FS); err != nil {
		return nil, err
	}
	// A repository that was moved or copied is at a path that the store does not know. Who may
	// only read leaves that to who may write.
	_ = register(r.FS, r.StoreDir, r.Root)
	return r, nil
}

// FindNames is [Find] without the store: there are HEAD, refs, reflogs and the configuration, and nothing
// that a commit says. It needs neither packs nor a catalog.
func FindNames(start string) (*Repo, error) {
	root, err := findRoot(start)
	if err != nil {
		return nil, err
	}
	return withoutStore(root, nil)
}

// configured is the repository of the working folder root with its store there, and not yet open.
func configured(root string, fsys disk.FS) (*Repo, error) {
	r, err := withoutStore(root, fsys)
	if err != nil {
		return nil, err
	}
	return r, r.findStore()
}

// findStore is an error that says where the store should be, if it is not there.
func (r *Repo) findStore() error {
	info, err := os.Stat(r.StoreDir)
	if err == nil && !info.IsDir() {
		err = errors.New("it is no folder")
	}
	if err != nil {
		return fmt.Errorf("store %s of %s: is not there; mount it, or name its place in store.path: %w", r.StoreDir, configPath(r.Dir), err)
	}
	return nil
}

// withoutStore is the repository of the working folder root without its store.
func withoutStore(root string, fsys disk.FS) (*Repo, error) {
	r, err := bare(root, fsys)
	if err != nil {
		return nil, err
	}
	if r.Config, err = readConfig(r.Dir); err != nil {
		return nil, err
	}
	if r.Settings, err = ReadSettings(); err != nil {
		return nil, err
	}
	r.FS = disk.Keep(r.FS, r.Config.Shared)
	r.StoreDir = r.Config.Store.Path
	if r.StoreDir == "" {
		r.StoreDir = filepath.Join(r.Dir, "store")
	}
	return r, nil
}

// bare is the repository of the working folder root before its configuration is read.
func bare(root string, fsys disk.FS) (*Repo, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	r := &Repo{gitUser: sync.OnceValue(func() refs.Author { return gitUser(root) })}
	names := &refs.Refs{Dir: filepath.Join(root, object.Dir), FS: orOS(fsys), Author: r.author}
	r.History = &history.History{Folder: &work.Folder{Refs: names, Root: root}}
	if !refs.IsRepository(r.Dir) {
		return nil, fmt.Errorf("%s: %w", root, ErrNoRepository)
	}
	return r, nil
}

func orOS(fsys disk.FS) disk.FS {
	if fsys == nil {
		return disk.OS
	}
	return fsys
}

// Rel returns the slash-separated path below Root of what a user in the folder cwd
// calls path; "" is Root itself. Links in the folders above it are followed, one
// at its end is not.
func (r *Repo) Rel(cwd, path string) (string, error) {
	abs := path
	if !filepath.IsAbs(abs) {
		abs = filepath.Join(cwd, path)
	}
	root, err := filepath.EvalSymlinks(r.Root)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(r.Root, abs)
	if err != nil || escapes(rel) {
		rel, err = filepath.Rel(root, resolveFolder(abs))
	}
	if err != nil || escapes(rel) {
		return "", fmt.Errorf("path %q: outside the repository at %s", path, r.Root)
	}
	if rel == "." {
		return "", nil
	}
	rel = filepath.ToSlash(rel)
	return rel, object.CheckPath(rel)
}

func escapes(rel string) bool {
	return rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// resolveFolder follows the links of the folder that path is in, as far as it exists.
func resolveFolder(path string) string {
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return path
	}
	return filepath.Join(dir, filepath.Base(path))
}
