package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/mattn/go-sqlite3"
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
	keep, err := seed.copyTo(c) // it lives as long as somebody has it open
	if err != nil {
		return nil, err
	}
	defer keep.Close()
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
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// copyToFile writes a copy of the catalog, which takes its name when it is whole.
func (c *Catalog) copyToFile(path string) error {
	tmp := &Catalog{path: fmt.Sprintf("%s.tmp-%d", path, os.Getpid())}
	if err := Remove(tmp.path); err != nil {
		return err
	}
	db, err := c.copyTo(tmp)
	if err == nil {
		err = errors.Join(db.Close(), os.Rename(tmp.path, path))
	}
	return errors.Join(err, Remove(tmp.path))
}

// copyTo copies all of the catalog into an empty one, which stays open in what it returns.
func (c *Catalog) copyTo(to *Catalog) (*sql.DB, error) {
	db := connect(to.source(""))
	err := withConn(c.r, func(from *sqlite3.SQLiteConn) error {
		return withConn(db, func(to *sqlite3.SQLiteConn) error { return copyPages(to, from) })
	})
	if err = errors.Join(err, c.unchanged()); err != nil {
		db.Close()
		return nil, failed(c.path, "copy to "+to.path, err)
	}
	return db, nil
}

func copyPages(to, from *sqlite3.SQLiteConn) error {
	b, err := to.Backup("main", from, "main")
	if err != nil {
		return err
	}
	_, err = b.Step(-1)
	return errors.Join(err, b.Finish())
}

// withConn runs fn with a connection of db as the driver has it.
func withConn(db *sql.DB, fn func(*sqlite3.SQLiteConn) error) error {
	conn, err := db.Conn(context.Background())
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(driver any) error { return fn(driver.(*sqlite3.SQLiteConn)) })
}
