package repo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"dits/catalog"
	"dits/tensorstore"
	"dits/tensorstore/disk"
)

// ditsDir is the name of the repository's folder in its working folder.
const ditsDir = ".dits"

// A Repo is an open repository. Reading it from several goroutines is safe;
// changes exclude each other, and those of other processes, by its lock. Close it.
type Repo struct {
	Root     string // the working folder, absolute
	Dir      string // its .dits
	StoreDir string // the store: .dits/store, or one shared with other repositories
	FS       disk.FS
	Store    *tensorstore.Store
	Catalog  *catalog.Catalog
	Config   Config
	Author   func() Author // who changes it: the one configured, or a default for what is not
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
		if isRepository(filepath.Join(dir, ditsDir)) {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("%s: %w", start, ErrNoRepository)
		}
		dir = up
	}
}

// isRepository says that dir is a .dits folder: one with a HEAD.
func isRepository(dir string) bool {
	info, err := os.Lstat(filepath.Join(dir, headName))
	return err == nil && info.Mode().IsRegular()
}

// Open opens the repository of the working folder root. A nil fsys is the
// operating system's.
func Open(root string, fsys disk.FS) (*Repo, error) {
	r, err := configured(root, fsys)
	if err != nil {
		return nil, err
	}
	r.Store, r.Catalog, err = openStore(r.StoreDir, r.FS)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// configured is the repository of the working folder root with its store not yet open.
func configured(root string, fsys disk.FS) (*Repo, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	r := &Repo{Root: root, Dir: filepath.Join(root, ditsDir), FS: orOS(fsys)}
	r.Author = r.author
	if !isRepository(r.Dir) {
		return nil, fmt.Errorf("%s: %w", root, ErrNoRepository)
	}
	if r.Config, err = readConfig(r.Dir); err != nil {
		return nil, err
	}
	r.StoreDir = r.Config.Store.Path
	if r.StoreDir == "" {
		r.StoreDir = filepath.Join(r.Dir, "store")
	}
	if info, err := os.Stat(r.StoreDir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("store %s: is not there (%w)", r.StoreDir, errors.Join(err, ErrCorrupt))
	}
	return r, nil
}

func orOS(fsys disk.FS) disk.FS {
	if fsys == nil {
		return disk.OS
	}
	return fsys
}

// Close releases the store.
func (r *Repo) Close() error {
	return errors.Join(r.Store.Close(), r.Catalog.Close())
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
	return rel, checkPath(rel)
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
