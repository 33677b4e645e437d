package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A Sharing says who may use the files of a repository, besides those to whom the umask of the one
// that makes them leaves it.
type Sharing string

const (
	ByUmask  Sharing = ""      // nobody
	ForGroup Sharing = "group" // the group may read and write
	ForAll   Sharing = "all"   // the group may read and write, others read
)

// Check is an error if s is none of these.
func (s Sharing) Check() error {
	if s == ByUmask || s == ForGroup || s == ForAll {
		return nil
	}
	return fmt.Errorf("shared %q: want %q or %q", string(s), string(ForGroup), string(ForAll))
}

// mode is what becomes of the mode that a file or folder was made with. A file that its owner may not write
// nobody may; in a folder all is of its group.
func (s Sharing) mode(m fs.FileMode) fs.FileMode {
	bits := map[Sharing]fs.FileMode{ForGroup: 0o660, ForAll: 0o664}[s]
	if m&0o200 == 0 {
		bits &^= 0o222
	}
	if m.IsDir() && bits != 0 {
		return m | bits | bits&0o444>>2 | fs.ModeSetgid
	}
	return m | bits
}

// A keeper is a file system in which what is made can be used by those for whom it is: it has the mode
// of a Sharing, and what root makes belongs to the owner of the folder that it is in.
type keeper struct {
	FS
	shared Sharing
	owner  func(dir string) (uid, gid int, foreign bool)
	chown  func(path string, uid, gid int) error
}

// Keep is fsys with new files and folders for those that shared says, and with the owner of their
// folder where root makes them.
func Keep(fsys FS, shared Sharing) FS {
	return &keeper{fsys, shared, foreignOwner, os.Lchown}
}

// Claim gives files that were made past fsys, as by a database, the mode and owner that it gives.
// Those that are not there are passed over.
func Claim(fsys FS, paths ...string) error {
	k, ok := fsys.(*keeper)
	if !ok {
		return nil
	}
	var errs []error
	for _, p := range paths {
		if err := k.keep(p); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (k *keeper) CreateTemp(dir, pattern string) (File, error) {
	f, err := k.FS.CreateTemp(dir, pattern)
	if err != nil {
		return nil, err
	}
	if err := k.keep(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close(), k.Remove(f.Name()))
	}
	return f, nil
}

func (k *keeper) MkdirAll(dir string, perm fs.FileMode) error {
	var made []string
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(d); !errors.Is(err, fs.ErrNotExist) || d == filepath.Dir(d) {
			break
		}
		made = append([]string{d}, made...)
	}
	if err := k.FS.MkdirAll(dir, perm); err != nil {
		return err
	}
	return Claim(k, made...)
}

// keep gives what was just made at path its mode and owner.
func (k *keeper) keep(path string) error {
	if uid, gid, foreign := k.owner(filepath.Dir(path)); foreign {
		if err := k.chown(path, uid, gid); err != nil {
			return err
		}
	}
	if k.shared == ByUmask {
		return nil
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	return os.Chmod(path, k.shared.mode(info.Mode()))
}
