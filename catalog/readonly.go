package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/mattn/go-sqlite3"
)

// errReadOnly means that a catalog, or what SQLite has to make beside it, cannot be written.
var errReadOnly = errors.New("cannot be written here")

// errChanged means that a catalog which nobody was to change is not what it was.
var errChanged = errors.New("another dits process changed it meanwhile; run the command again")

// Unwritable says that an error comes from a disk that is full or read-only, or from a missing
// permission to write: a catalog elsewhere would do.
func Unwritable(err error) bool {
	var lite sqlite3.Error
	if !errors.As(err, &lite) {
		return errors.Is(err, errReadOnly) || errors.Is(err, fs.ErrPermission)
	}
	return slices.Contains([]sqlite3.ErrNo{sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrFull, sqlite3.ErrIoErr,
		sqlite3.ErrPerm}, lite.Code)
}

// writable is an error if the database at path cannot be written, or made, by this user. SQLite
// would open it to read, and say so at the first change only.
func writable(path string) error {
	dir := filepath.Dir(path)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return mayWrite(dir)
	}
	if err := mayWrite(path); err != nil {
		return err
	}
	if mayWrite(path+"-wal") == nil && mayWrite(path+"-shm") == nil {
		return nil
	}
	return mayWrite(dir)
}

// OpenReadOnly opens a catalog that cannot be written, as on a full disk, on one that is mounted
// read-only, or of another user. Where not even the files beside it can be made that readers and
// a writer share, it is read as it lies there, and a change to it meanwhile is an error. An
// error that is [Unwritable] means that it is not there or of an older schema.
func OpenReadOnly(path string) (*Catalog, error) {
	c, err := openAs(path, "mode=ro&")
	if err != nil && Unwritable(err) {
		if seen := lies(path); seen != nil && time.Since(seen.mtime) > settled {
			if c, err = openAs(path, "immutable=1&"); err == nil {
				c.seen = seen
			}
		}
	}
	return c, err
}

func openAs(path, access string) (*Catalog, error) {
	c := &Catalog{path: path, access: access}
	c.w = connect(c.source(""))
	c.r = c.w
	version, err := inspect(c.w)
	if err == nil {
		var latest int
		if latest, err = latestVersion(); err == nil && version != latest {
			err = fmt.Errorf("schema version %d, want %d: %w", version, latest, errReadOnly)
		}
	}
	if err != nil {
		c.w.Close()
		return nil, failed(path, "open to read", err)
	}
	c.r.SetMaxIdleConns(4)
	return c, nil
}

// A snapshot is how a file looked when it was opened.
type snapshot struct {
	size  int64
	mtime time.Time
}

// settled is how old the last change of a file has to be for the next one to show in its time.
const settled = 100 * time.Millisecond

// lies is how a catalog looks that is in its one file, nil if some of it is elsewhere.
func lies(path string) *snapshot {
	for _, suffix := range []string{"-wal", "-journal"} {
		if log, err := os.Stat(path + suffix); err == nil && log.Size() > 0 {
			return nil
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	return &snapshot{info.Size(), info.ModTime()}
}

// unchanged is an error if a catalog that is read as it lies there is another by now.
func (c *Catalog) unchanged() error {
	if c.seen == nil {
		return nil
	}
	if now := lies(c.path); now == nil || *now != *c.seen {
		return errChanged
	}
	return nil
}
