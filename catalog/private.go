package catalog

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
)

// inMemory are the parameters of a catalog that is in no file.
const inMemory = "vfs=memdb&"

// memories counts the catalogs in memory, each of which has a name of its own.
var memories atomic.Int64

// OpenMemory makes a catalog in memory, of at most 1 GiB, that ends with the process. It begins
// as a copy of seed, or empty if that is nil.
func OpenMemory(seed *Catalog) (*Catalog, error) {
	c := &Catalog{path: fmt.Sprintf("/memory-%d", memories.Add(1)), access: inMemory}
	if seed == nil {
		return open(c)
	}
	keep := connect(c.source("")) // it lives as long as somebody has it open
	defer keep.Close()
	if err := errors.Join(keep.Ping(), seed.copyTo(c)); err != nil {
		return nil, err
	}
	return open(c)
}

// OpenPrivate opens the catalog at path, a user's own of a store that others write. If it is
// not there, or damaged, it begins as a copy of seed, or empty if that is nil.
func OpenPrivate(path string, seed *Catalog) (*Catalog, error) {
	if _, err := os.Stat(path); err == nil {
		c, err := Open(path)
		var damaged *DamagedError
		if !errors.As(err, &damaged) && !errors.Is(err, ErrNewer) {
			return c, err
		}
		if err := Remove(path); err != nil {
			return nil, err
		}
	}
	if seed != nil {
		if err := seed.copyToFile(path); err != nil {
			return nil, err
		}
	}
	return Open(path)
}

// Remove deletes the catalog at path: it is a cache.
func Remove(path string) error {
	if err := RemoveLogs(path); err != nil {
		return err
	}
	return removeFile(path)
}

// RemoveLogs deletes what SQLite keeps beside a catalog, which is as it was at some time without.
func RemoveLogs(path string) error {
	for _, suffix := range []string{"-wal", "-shm", "-journal"} {
		if err := removeFile(path + suffix); err != nil {
			return err
		}
	}
	return nil
}

func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// copyToFile writes a copy of the catalog, which takes its name when it is whole.
func (c *Catalog) copyToFile(path string) error {
	tmp := &Catalog{path: fmt.Sprintf("%s.tmp-%d", path, os.Getpid())}
	err := Remove(tmp.path)
	if err == nil {
		err = c.copyTo(tmp)
	}
	if err == nil {
		err = os.Rename(tmp.path, path)
	}
	return errors.Join(err, Remove(tmp.path))
}

// copyTo copies all of the catalog into an empty one, which is not open. The copy has no log, which
// memory cannot have.
func (c *Catalog) copyTo(to *Catalog) error {
	_, err := c.w.Exec("VACUUM INTO ?", to.source(""))
	return failed(c.path, "copy to "+to.path, errors.Join(err, c.unchanged()))
}
