package refs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"dits/repo/object"
	"dits/tensorstore/disk"
)

// Logs lists the refs that have a reflog, HEAD first: also those whose ref is gone, for what a log names is kept.
func (r *Refs) Logs() ([]string, error) {
	var names []string
	root := filepath.Join(r.Dir, "logs")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if name := filepath.ToSlash(rel); name == object.HeadName || object.CheckRefName(name) == nil {
			names = append(names, name)
		}
		return err
	})
	return names, err
}

// WholeLog is all that the reflog of a ref says, oldest first, with a last move that was never made.
func (r *Refs) WholeLog(name string) ([]LogEntry, error) {
	b, err := os.ReadFile(r.logPath(name))
	if disk.IsNoFile(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseLog(name, b)
}

// PruneLog drops entries from the reflog of a ref, and returns how many. The caller holds the lock.
func (r *Refs) PruneLog(name string, drop func(LogEntry) bool) (int, error) {
	entries, err := r.WholeLog(name)
	if err != nil {
		return 0, err
	}
	kept := slices.DeleteFunc(slices.Clone(entries), drop)
	if len(kept) == len(entries) {
		return 0, nil
	}
	return len(entries) - len(kept), r.WriteFile(r.logPath(name), formatLog(kept))
}
