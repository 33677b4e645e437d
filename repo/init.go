package repo

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
	"dits/tensorstore/pack"
)

// FirstBranch is the branch of a new repository.
const FirstBranch = "main"

// InitOptions of a new repository. The zero value keeps the store in .dits/store.
type InitOptions struct {
	Store  string       // folder of a store to share; made if it is not there
	Branch string       // the first; "" is [FirstBranch]
	Shared disk.Sharing // who may use the repository and its store
	FS     disk.FS      // nil: the operating system's
}

// Init makes a repository in the folder dir, and the folder if need be, and opens
// it. In an existing repository it adds what is missing and changes nothing else, but for who
// may use it, if that is asked for.
// HEAD is written last: without it there is no repository.
func Init(dir string, o InitOptions) (*Repo, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(o.Shared.Check(), notInside(root)); err != nil {
		return nil, err
	}
	branch, err := refs.BranchRef(cmp.Or(o.Branch, FirstBranch))
	if err != nil {
		return nil, err
	}
	if err := orOS(o.FS).MkdirAll(root, 0o777); err != nil {
		return nil, err
	}
	fsys := disk.Keep(orOS(o.FS), o.Shared)
	dits := filepath.Join(root, object.Dir)
	for _, d := range []string{"refs/heads", "refs/tags", "logs"} {
		if err := fsys.MkdirAll(filepath.Join(dits, d), 0o777); err != nil {
			return nil, err
		}
	}
	store, err := initConfig(fsys, dits, o)
	if err != nil {
		return nil, err
	}
	if err := fsys.MkdirAll(filepath.Join(store, "packs"), 0o777); err != nil {
		return nil, err
	}
	if err := register(fsys, store, root); err != nil {
		return nil, err
	}
	if err := writeMissing(fsys, filepath.Join(dits, ".gitignore"), "*\n"); err != nil {
		return nil, err
	}
	// Before HEAD, all that it makes a repository of; after it, HEAD's own folder is synced.
	for _, d := range []string{store, filepath.Dir(store), filepath.Join(dits, "refs"), root, filepath.Dir(root)} {
		if err := fsys.SyncDir(d); err != nil {
			return nil, err
		}
	}
	if err := writeMissing(fsys, filepath.Join(dits, object.HeadName), refs.Symbolic+branch+"\n"); err != nil {
		return nil, err
	}
	r, err := Open(root, o.FS)
	if err != nil || o.Shared == disk.ByUmask || o.Shared == r.Config.Shared {
		return r, err
	}
	if err := r.share(o.Shared); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// notInside refuses a folder that is a .dits or in one, also by links: only dits writes there, and what is there is
// never added.
func notInside(root string) error {
	for _, path := range []string{root, existing(root)} {
		for dir := path; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			if strings.EqualFold(filepath.Base(dir), object.Dir) {
				return fmt.Errorf("%s: is in %s, where only dits writes: want a folder outside of it", root, dir)
			}
		}
	}
	return nil
}

// share lets others use a repository that is there already.
func (r *Repo) share(with disk.Sharing) error {
	if err := r.SetConfig(func(c *Config) { c.Shared = with }); err != nil {
		return err
	}
	for _, dir := range []string{r.Dir, r.StoreDir} {
		dir, err := filepath.EvalSymlinks(dir)
		if err != nil {
			return err
		}
		err = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			return errors.Join(err, disk.Claim(r.FS, path))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// initConfig writes the configuration if there is none, and returns the folder of
// the store that it names.
func initConfig(fsys disk.FS, dits string, o InitOptions) (store string, err error) {
	if _, err := os.Lstat(configPath(dits)); err != nil {
		c := Config{Format: formatVersion, Shared: o.Shared}
		if o.Store != "" {
			if c.Store.Path, err = filepath.Abs(o.Store); err != nil {
				return "", err
			}
		}
		b, err := c.encode()
		if err != nil {
			return "", err
		}
		if err := writeMissing(fsys, configPath(dits), string(b)); err != nil {
			return "", err
		}
	}
	c, err := readConfig(dits)
	if err != nil {
		return "", err
	}
	if abs, err := filepath.Abs(o.Store); o.Store != "" && (err != nil || abs != c.Store.Path) {
		return "", otherStore(filepath.Dir(dits), c.Store.Path, o.Store)
	}
	if c.Store.Path != "" {
		return c.Store.Path, nil
	}
	return filepath.Join(dits, "store"), nil
}

// temporaryAge is how old a temporary file is, which has no lock to say whose it is, when its writer is
// taken for dead.
const temporaryAge = 24 * time.Hour

// register notes in the store that the repository at root uses it, so that gc
// asks it what it needs. The file holds the path, without links, and is named by its digest; a second line
// says that the store is in the repository, so that a registration of another place is one that it left.
func register(fsys disk.FS, store, root string) error {
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return err
	}
	dir := filepath.Join(store, "repos")
	path := filepath.Join(dir, digest.Sum([]byte(root)).Short())
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	if err := fsys.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	// One that stays takes space and does no other harm.
	_ = pack.RemoveTemporaries(fsys, dir, temporaryAge)
	content := root + "\n"
	if inside, err := filepath.EvalSymlinks(filepath.Join(root, object.Dir, "store")); err == nil && sameFolder(inside, store) {
		content += ownStore + "\n"
	}
	return writeMissing(fsys, path, content)
}

// ownStore is the second line of the registration of a repository that has the store.
const ownStore = "own"

// sameFolder says that two paths lead to one folder.
func sameFolder(a, b string) bool {
	x, xerr := os.Stat(a)
	y, yerr := os.Stat(b)
	return xerr == nil && yerr == nil && os.SameFile(x, y)
}

func writeMissing(fsys disk.FS, path, content string) error {
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	return disk.WriteFile(fsys, path, 0, func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	})
}

// otherStore is the error for a repository that is there already, with a store of its own ("") or at a path.
func otherStore(root, has, want string) error {
	if has == "" {
		return fmt.Errorf("%s: %w, with a store of its own, want no --store (only a new repository takes one)", root, refs.ErrExists)
	}
	return fmt.Errorf("%s: %w, with its store at %s, want that or no --store, not %s", root, refs.ErrExists, has, want)
}
