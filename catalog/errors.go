package catalog

import (
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// ErrNotFound means that the catalog does not know what was asked for. It may
// still lie in a pack that was not added yet.
var ErrNotFound = errors.New("not in the catalog")

// ErrNewer means that a newer dits made the catalog. It was not touched.
var ErrNewer = errors.New("catalog is of a newer dits")

// ErrBusy means that another process has been writing the catalog for longer than is waited for.
var ErrBusy = errors.New("busy")

// A DamagedError means that the file at Path is no database, is another
// program's, or has damaged pages. Deleted, it can be made again from the packs.
type DamagedError struct {
	Path string
	Err  error
}

func (e *DamagedError) Error() string { return fmt.Sprintf("catalog %s: damaged: %v", e.Path, e.Err) }

// Unwrap returns what the database said.
func (e *DamagedError) Unwrap() error { return e.Err }

// failed is err with the path of the catalog and what was being done, or nil. It
// tells damage from other errors by the code that SQLite gave.
func failed(path, what string, err error) error {
	var damaged *DamagedError
	var lite sqlite3.Error
	switch {
	case err == nil || errors.As(err, &damaged):
		return err
	case errors.As(err, &lite) && (lite.Code == sqlite3.ErrBusy || lite.Code == sqlite3.ErrLocked):
		return fmt.Errorf("catalog %s: %s: %w: %w", path, what, ErrBusy, err)
	case errors.As(err, &lite) && (lite.Code == sqlite3.ErrCorrupt || lite.Code == sqlite3.ErrNotADB):
		return &DamagedError{path, fmt.Errorf("%s: %w", what, err)}
	default:
		return fmt.Errorf("catalog %s: %s: %w", path, what, err)
	}
}
