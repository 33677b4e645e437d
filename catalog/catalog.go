package catalog

import (
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"dits/tensorstore/disk"
)

// A Catalog is an open catalog. It holds one connection that writes and as many
// that read as there are reads at once.
type Catalog struct {
	// Trace is told what is asked before each read, as in "file 1a2b3c4d"; nil: nobody is. Set
	// it before the catalog is shared. Tests count with it what an operation costs.
	Trace func(what string)

	path      string
	remote    bool      // whether other machines may have it open, with which no memory is shared
	access    string    // parameters of every connection
	seen      *snapshot // what an immutable catalog is, nil of any other
	w, r      *sql.DB
	packNames sync.Map // packs.p (int64) to name; numbers are not reused
}

// Open opens the catalog at path, or makes an empty one, and brings its schema up
// to date. A catalog of a newer dits is [ErrNewer]; a file that is damaged or not
// a catalog is a [*DamagedError] and is left as it is; where it or its folder cannot be
// written, the error is [Unwritable], see [OpenReadOnly].
func Open(path string) (*Catalog, error) {
	if err := writable(path); err != nil {
		return nil, failed(path, "open", err)
	}
	return open(&Catalog{path: path, remote: disk.Remote(filepath.Dir(path))})
}

// open opens c to write, at its path and with its access.
func open(c *Catalog) (*Catalog, error) {
	c.w = connect(c.source("_txlock=immediate&_cache_size=-32768"))
	c.w.SetMaxOpenConns(1)
	if err := prepare(c.w, !c.remote); err != nil {
		c.w.Close()
		return nil, failed(c.path, "open", err)
	}
	c.r = connect(c.source("_query_only=1&_cache_size=-8192"))
	c.r.SetMaxIdleConns(4)
	return c, nil
}

// source is the data source name of the catalog with more parameters.
func (c *Catalog) source(parameters string) string { return source(c.path, c.access+parameters) }

// source is the data source name of path. It is a URI, so that a "?" or "#" in
// the path stays a part of it.
func source(path, options string) string {
	p := filepath.ToSlash(filepath.Clean(path))
	if filepath.VolumeName(path) != "" {
		p = "/" + p
	}
	p = strings.ReplaceAll(url.PathEscape(p), "%2F", "/")
	// NORMAL: after a loss of power the last transactions may be gone, but the
	// database is whole, and their packs are adopted again.
	return "file:" + p + "?_foreign_keys=1&_busy_timeout=5000&_synchronous=NORMAL&_stmt_cache_size=32&" + options
}

// Close closes the catalog. No other method may run or follow.
func (c *Catalog) Close() error {
	return failed(c.path, "close", errors.Join(c.r.Close(), c.w.Close()))
}

// Path is the path given to [Open].
func (c *Catalog) Path() string { return c.path }

// Size is what the catalog takes on disk in bytes: the database and the two
// files that SQLite keeps beside it while it is open.
func (c *Catalog) Size() (int64, error) {
	var sum int64
	if c.access == inMemory {
		err := c.r.QueryRow("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").Scan(&sum)
		return sum, failed(c.path, "size", err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(c.path + suffix)
		if errors.Is(err, fs.ErrNotExist) && suffix != "" {
			continue
		}
		if err != nil {
			return 0, err
		}
		sum += info.Size()
	}
	return sum, nil
}

// Check reads the whole database and reports the first damage it finds as a
// [*DamagedError]. It does not compare with the packs.
func (c *Catalog) Check() error {
	var answer string
	if err := c.r.QueryRow("PRAGMA integrity_check(1)").Scan(&answer); err != nil {
		return failed(c.path, "check", err)
	}
	if answer != "ok" {
		return &DamagedError{c.path, errors.New(answer)}
	}
	var table string
	err := c.r.QueryRow(`SELECT "table" FROM pragma_foreign_key_check LIMIT 1`).Scan(&table)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		return &DamagedError{c.path, errors.New("table " + table + ": a row refers to one that is not there")}
	}
	return failed(c.path, "check", err)
}

// view runs fn in a read transaction: all that it asks is answered from one state.
func (c *Catalog) view(what string, fn func(*sql.Tx) error) error {
	if c.Trace != nil {
		c.Trace(what)
	}
	tx, err := c.r.Begin()
	if err != nil {
		return failed(c.path, what, err)
	}
	defer tx.Rollback()
	return failed(c.path, what, errors.Join(fn(tx), c.unchanged()))
}
