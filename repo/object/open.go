package object

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	lru "github.com/hashicorp/golang-lru/v2"

	"dits/catalog"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// Open opens the store in folder dir with its catalog. A catalog that is not there is made
// again from the packs.
//
// Reading a store needs no writing: where the catalog cannot be written, it is only read, if
// it knows all packs. If it does not, a private one takes its place, in the folder for caches of
// the user, see [CacheVariable], or else in memory.
func Open(dir string, fsys disk.FS) (*Database, error) {
	path := CatalogPath(dir)
	db, err := openBy(dir, fsys, func() (*catalog.Catalog, error) { return openOrMake(path, fsys) })
	if !catalog.Unwritable(err) {
		return db, err
	}
	shared, rerr := catalog.OpenReadOnly(path)
	if rerr != nil && !catalog.Unwritable(rerr) {
		return nil, rerr
	}
	if shared != nil {
		x := &readIndex{catalogIndex: catalogIndex{shared}}
		if db, err = openIndex(dir, fsys, shared, x); !catalog.Unwritable(err) {
			x.opened = true
			return db, err
		}
		if shared, _ = catalog.OpenReadOnly(path); shared != nil {
			defer shared.Close()
		}
	}
	return openPrivate(dir, fsys, shared)
}

// OpenAnew is [Open] with a catalog made from the packs for this once, which done takes away: in a
// temporary file or, where there can be none, in memory.
func OpenAnew(dir string, fsys disk.FS) (db *Database, done func() error, err error) {
	inMemory := func() (*catalog.Catalog, error) { return catalog.OpenMemory(nil) }
	tmp, err := os.MkdirTemp("", "dits-catalog-")
	if err == nil {
		db, err = openBy(dir, fsys, func() (*catalog.Catalog, error) { return catalog.Open(CatalogPath(tmp)) })
	}
	if db == nil && (tmp == "" || catalog.Unwritable(err)) {
		db, err = openBy(dir, fsys, inMemory)
	}
	if err != nil {
		return nil, nil, errors.Join(err, removeTmp(tmp))
	}
	return db, func() error { return errors.Join(db.Close(), removeTmp(tmp)) }, nil
}

func removeTmp(dir string) error {
	if dir == "" {
		return nil
	}
	return os.RemoveAll(dir)
}

// openPrivate opens the store with a catalog of one's own, which begins as a copy of shared.
func openPrivate(dir string, fsys disk.FS, shared *catalog.Catalog) (*Database, error) {
	db, err := openBy(dir, fsys, func() (*catalog.Catalog, error) {
		path, err := privatePath(dir)
		if err != nil {
			return nil, err
		}
		return catalog.OpenPrivate(path, shared)
	})
	if !catalog.Unwritable(err) {
		return db, err
	}
	return openBy(dir, fsys, func() (*catalog.Catalog, error) { return catalog.OpenMemory(shared) })
}

// openOrMake opens the catalog at path. A new one is made here, for those whom fsys makes files for: SQLite
// would let the group read only, and gives what it puts beside a database the same mode and owner.
func openOrMake(path string, fsys disk.FS) (*catalog.Catalog, error) {
	if f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666); err == nil {
		if err := errors.Join(f.Close(), disk.Claim(fsys, path)); err != nil {
			return nil, err
		}
	}
	return catalog.Open(path)
}

func openBy(dir string, fsys disk.FS, open func() (*catalog.Catalog, error)) (*Database, error) {
	cat, err := open()
	if err != nil {
		return nil, err
	}
	return openIndex(dir, fsys, cat, catalogIndex{cat})
}

// openIndex opens the store with index, which cat answers. Without a store cat is closed.
func openIndex(dir string, fsys disk.FS, cat *catalog.Catalog, index tensorstore.Index) (*Database, error) {
	return openWith(dir, cat, index, tensorstore.Options{FS: fsys})
}

func openWith(dir string, cat *catalog.Catalog, index tensorstore.Index, o tensorstore.Options) (*Database, error) {
	s, err := tensorstore.Open(dir, index, o)
	if err != nil {
		return nil, errors.Join(err, cat.Close())
	}
	d := &Database{Store: s, Catalog: cat}
	d.proven, _ = lru.New[digest.ID, []byte](keptProven)
	return d, nil
}

// CatalogPath is the catalog of the store in a folder.
func CatalogPath(store string) string { return filepath.Join(store, "catalog.db") }

// Rebuild makes the catalog of the store in folder dir again from the packs. It grows beside the old one, which
// is replaced when the new one is whole: whoever reads meanwhile goes on with the old one.
func Rebuild(dir string, fsys disk.FS) error {
	path := CatalogPath(dir)
	fresh := path + ".new"
	if err := catalog.Remove(fresh); err != nil {
		return err
	}
	d, err := openBy(dir, fsys, func() (*catalog.Catalog, error) { return openOrMake(fresh, fsys) })
	if err != nil {
		return errors.Join(err, catalog.Remove(fresh))
	}
	if err := d.Close(); err != nil { // the last connection moves the log into the file
		return errors.Join(err, catalog.Remove(fresh))
	}
	// A log that is there would be taken for that of the new file.
	if err := catalog.RemoveLogs(path); err != nil {
		return err
	}
	if err := fsys.Rename(fresh, path); err != nil {
		return err
	}
	return fsys.SyncDir(dir)
}

// CacheVariable names the folder for private catalogs; without it they are in dits, in the
// folder that the operating system has for caches of the user.
const CacheVariable = "DITS_CACHE"

// privatePath is where a user's own catalog of the store in folder dir is, in a folder that it
// makes.
func privatePath(dir string) (string, error) {
	cache := os.Getenv(CacheVariable)
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", errors.Join(err, fs.ErrPermission)
		}
		cache = filepath.Join(user, "dits")
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return "", errors.Join(err, fs.ErrPermission) // a full disk, or a file in the way: all the same
	}
	return filepath.Join(cache, digest.Sum([]byte(dir)).String()[:32]+".db"), nil
}

// A readIndex is a catalog that cannot be written. Once it was found to know all packs, it is left to
// who can write to tell it of new ones.
type readIndex struct {
	catalogIndex
	opened bool
}

// Forget does nothing once the store is open.
func (x *readIndex) Forget(packs []string) error {
	if x.opened {
		return nil
	}
	return x.catalogIndex.Forget(packs)
}

// Adopt does nothing once the store is open.
func (x *readIndex) Adopt(p tensorstore.Sealed) error {
	if x.opened {
		return nil
	}
	return x.catalogIndex.Adopt(p)
}
