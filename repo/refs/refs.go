package refs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
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
	if disk.IsNoFile(err) {
		return digest.ID{}, nil
	}
	if err != nil {
		return digest.ID{}, err
	}
	id, err := digest.Parse(strings.TrimSuffix(string(b), "\n"))
	if err != nil {
		return digest.ID{}, fmt.Errorf("ref %s: %w: %w", name, err, object.ErrCorrupt)
	}
	return id, nil
}

// ReadSmall reads a file of .dits that is one line, refusing to read on for ever.
func ReadSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, 2*object.MaxPath))
}

// ListRefs returns the refs whose name begins with prefix ("refs/heads/"), by name.
func (r *Refs) ListRefs(prefix string) ([]Ref, error) {
	var out []Ref
	err := filepath.WalkDir(r.refPath("refs"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // removed meanwhile
			}
			return err
		}
		rel, err := filepath.Rel(r.Dir, path)
		name := filepath.ToSlash(rel)
		if err != nil || d.IsDir() || !strings.HasPrefix(name, prefix) || object.CheckRefName(name) != nil {
			return err // among others the temporary files of a write that was cut off
		}
		id, err := r.ReadRef(name)
		if err != nil || id.IsZero() {
			return err
		}
		out = append(out, Ref{name, id})
		return nil
	})
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, err
}

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
	under, err := r.ListRefs(name + "/")
	if err != nil {
		return err
	}
	if len(under) > 0 {
		return fmt.Errorf("ref %s: %s is in the way: %w", name, under[0].Name, ErrExists)
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
		now, err := os.ReadFile(path)
		if disk.IsNoFile(err) {
			now, err = nil, nil
		}
		return unlessSame(path, bytes.Equal(now, old), err)
	})
}
