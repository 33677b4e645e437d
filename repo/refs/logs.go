package refs

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"dits/repo/object"
	"dits/tensorstore/digest"
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

// WholeLog is all that the reflog of a ref says, oldest first, with a last move that was never made. One with a line
// that cannot be read is a [BrokenError]: what it names is not known.
func (r *Refs) WholeLog(name string) ([]LogEntry, error) {
	lines, _, err := r.wholeLog(name)
	entries := make([]LogEntry, len(lines))
	for i, l := range lines {
		entries[i] = l.entry
	}
	return entries, err
}

// wholeLog is the lines of a log that can all be read, and what its file has.
func (r *Refs) wholeLog(name string) ([]logLine, []byte, error) {
	lines, before, err := readLog(r.logPath(name))
	if err != nil {
		return nil, nil, err
	}
	for _, l := range lines {
		if l.err != nil {
			return nil, nil, &BrokenError{r.logPath(name), fmt.Errorf("reflog of %s: %w", name, l.err)}
		}
	}
	return lines, before, nil
}

// PruneLog drops entries from the reflog of a ref, and returns how many. The caller holds the lock.
func (r *Refs) PruneLog(name string, drop func(LogEntry) bool) (int, error) {
	return r.RewriteLog(name, digest.ID{}, "", drop)
}

// RewriteLog drops entries from the reflog of a ref and adds one that says where the ref is from now on, as if it had
// been made there; the zero ID adds none. A log that cannot be read
// is left as it is, a [BrokenError]. It returns how many were dropped. The caller holds the lock.
func (r *Refs) RewriteLog(name string, to digest.ID, reason string, drop func(LogEntry) bool) (int, error) {
	lines, before, err := r.wholeLog(name)
	if err != nil {
		return 0, err
	}
	kept := slices.DeleteFunc(slices.Clone(lines), func(l logLine) bool { return drop(l.entry) })
	dropped := len(lines) - len(kept)
	if !to.IsZero() {
		made := LogEntry{New: to, Author: r.Author().String(), Time: time.Now(), Reason: reason}
		kept = append(kept, logLine{entry: made})
	} else if dropped == 0 {
		return 0, nil
	}
	if err := r.FS.MkdirAll(filepath.Dir(r.logPath(name)), 0o777); err != nil {
		return 0, err
	}
	return dropped, r.ReplaceFile(r.logPath(name), before, formatLog(kept))
}

// WriteRef is [Refs.UpdateRef] without a line in the log.
func (r *Refs) WriteRef(name string, old, new digest.ID) error {
	return r.writeLine(r.refPath(name), new.String(), func() error {
		now, err := r.ReadRef(name)
		return unlessSame(name, now == old, err)
	})
}
