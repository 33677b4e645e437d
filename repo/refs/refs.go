package refs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// Refs are the names for commits in a repository's .dits, over the database that has the commits.
// Reading them is safe for concurrent use; whoever changes one holds the lock.
type Refs struct {
	*object.Database
	Dir    string // .dits
	FS     disk.FS
	Author func() Author // who changes refs, for their logs

	// Locking takes the lock of a file; nil: [disk.TakeLock]. Tests give one that does nothing.
	Locking func(path string, wait time.Duration) (*Lock, error)
}

// A Ref is a name for a commit, or for an annotated tag.
type Ref struct {
	Name string    `json:"name"` // "refs/heads/main"
	ID   digest.ID `json:"id"`
}

// Short is the name without refs/heads/, refs/tags/ or refs/.
func (f Ref) Short() string {
	for _, p := range []string{object.BranchPrefix, object.TagPrefix, object.RefPrefix} {
		if s, ok := strings.CutPrefix(f.Name, p); ok {
			return s
		}
	}
	return f.Name
}

func (r *Refs) refPath(name string) string { return filepath.Join(r.Dir, filepath.FromSlash(name)) }

// ReadRef returns the value of a ref by its full name; zero if there is none.
func (r *Refs) ReadRef(name string) (digest.ID, error) {
	if err := object.CheckRefName(name); err != nil {
		return digest.ID{}, err
	}
	b, err := ReadSmall(r.refPath(name))
	switch {
	case disk.IsNoFile(err):
		return digest.ID{}, nil
	case errors.Is(err, disk.ErrSpecial):
		return digest.ID{}, &BrokenError{r.refPath(name), fmt.Errorf("ref %s: %w", name, err)}
	case err != nil:
		return digest.ID{}, err
	}
	id, err := digest.Parse(strings.TrimSuffix(string(b), "\n"))
	if err != nil {
		return digest.ID{}, &BrokenError{r.refPath(name), fmt.Errorf("ref %s: %w", name, err)}
	}
	return id, nil
}

// ReadSmall reads a file of .dits that is one line, refusing to read on for ever.
func ReadSmall(path string) ([]byte, error) { return disk.ReadRegular(path, 2*object.MaxPath) }

// UpdateRef sets a ref from old to new and notes it in the reflog. A zero old
// means that the ref may not exist; a zero new removes it. [ErrRefMoved] when the
// ref does not have the value old. The caller holds the lock. The ref itself is
// written last: before that, nothing has happened.
func (r *Refs) UpdateRef(name string, old, new digest.ID, reason string) error {
	now, err := r.ReadRef(name)
	if err != nil {
		return err
	}
	if now != old {
		return fmt.Errorf("ref %s: is %s, want %s: %w", name, orNone(now), orNone(old), ErrRefMoved)
	}
	if new.IsZero() {
		return r.removeRef(name, old)
	}
	if err := r.MakeRoom(name); err != nil {
		return err
	}
	if err := r.logUpdate(name, old, new, reason); err != nil {
		return err
	}
	return r.writeLine(r.refPath(name), new.String(), func() error {
		now, err := r.ReadRef(name)
		return unlessSame(name, now == old, err)
	})
}

// unlessSame is [ErrChanged] if what is to be replaced is not what was read.
func unlessSame(what string, same bool, err error) error {
	if err == nil && !same {
		return fmt.Errorf("%s: %w", what, ErrChanged)
	}
	return err
}

func orNone(id digest.ID) string {
	if id.IsZero() {
		return "absent"
	}
	return id.Short()
}

// writeLine replaces a one-line file of .dits, as [Refs.WriteFileIf] does.
func (r *Refs) writeLine(path, line string, check func() error) error {
	if err := r.FS.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return r.WriteFileIf(path, []byte(line+"\n"), check)
}

// MakeRoom refuses a ref "a/b" beside "a", as git does: one would have to be a
// folder and a file. Empty folders that a removed ref left are cleared away.
func (r *Refs) MakeRoom(name string) error {
	for i := strings.LastIndexByte(name, '/'); i > len(object.RefPrefix); i = strings.LastIndexByte(name[:i], '/') {
		if info, err := os.Lstat(r.refPath(name[:i])); err == nil && !info.IsDir() {
			return fmt.Errorf("ref %s: %s is in the way: %w", name, name[:i], ErrExists)
		}
	}
	under, err := r.SurveyRefs(name + "/")
	if err != nil {
		return err
	}
	if names := under.Names(); len(names) > 0 {
		return fmt.Errorf("ref %s: %s is in the way: %w", name, names[0], ErrExists)
	}
	for _, root := range []string{r.refPath(name), r.logPath(name)} {
		if err := r.removeEmpty(root); err != nil {
			return err
		}
	}
	return nil
}

// removeEmpty removes the folder dir if only empty folders are in it.
func (r *Refs) removeEmpty(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := r.removeEmpty(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return r.FS.Remove(dir)
}

// DropBroken removes a ref that cannot be read, so that it can be set anew; its log stays. One that can be
// read stays, and so does one that the system does not let be read. The caller holds the lock.
func (r *Refs) DropBroken(name string) error {
	var broken *BrokenError
	if _, err := r.ReadRef(name); !errors.As(err, &broken) {
		return err
	}
	if err := r.FS.Remove(r.refPath(name)); err != nil {
		return err
	}
	return r.FS.SyncDir(filepath.Dir(r.refPath(name)))
}

// RemoveBroken is [Refs.DropBroken], and the log goes with the ref.
func (r *Refs) RemoveBroken(name string) error {
	if err := r.DropBroken(name); err != nil {
		return err
	}
	return r.removeLog(name)
}

// removeRef deletes a ref, then its log: a log without a ref does no harm.
func (r *Refs) removeRef(name string, old digest.ID) error {
	if old.IsZero() {
		return nil
	}
	if err := r.FS.Remove(r.refPath(name)); err != nil {
		return err
	}
	if err := r.FS.SyncDir(filepath.Dir(r.refPath(name))); err != nil {
		return err
	}
	return r.removeLog(name)
}

func (r *Refs) removeLog(name string) error {
	if err := r.FS.Remove(r.logPath(name)); err != nil && !disk.IsNoFile(err) {
		return err
	}
	return nil
}

// WriteFile replaces a file of .dits. The caller holds the lock.
func (r *Refs) WriteFile(path string, content []byte) error {
	return r.WriteFileIf(path, content, func() error { return nil })
}

// WriteFileIf is WriteFile unless check has an error: it compares what is there now with what was read. The
// lock keeps others out, but for file systems whose locks do nothing.
func (r *Refs) WriteFileIf(path string, content []byte, check func() error) error {
	return disk.WriteFileIf(r.FS, filepath.Join(r.Dir, "tmp"), path, 0, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	}, check)
}

// ReplaceFile is WriteFile if the file has the content old, which is nil if there was none.
func (r *Refs) ReplaceFile(path string, old, content []byte) error {
	return r.WriteFileIf(path, content, func() error {
		now, err := contentOf(path)
		return unlessSame(path, bytes.Equal(now, old), err)
	})
}
