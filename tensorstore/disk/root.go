package disk

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sync/errgroup"
)

// A Root is a folder that is changed by slash-separated names below it. Nothing
// outside can be reached, whatever a name or a link on the way says; "." is the
// folder itself. It is safe for concurrent use. Close it.
type Root interface {
	// Create makes a new file of mode perm less the umask, for writing; an error if
	// something is there.
	Create(name string, perm fs.FileMode) (File, error)
	Symlink(target, name string) error
	Mkdir(name string, perm fs.FileMode) error
	// Rename replaces a file or a link that is there.
	Rename(from, to string) error
	// Remove removes a file, a link or an empty folder.
	Remove(name string) error
	// SyncDir makes what was made, renamed and removed in the folder name durable.
	SyncDir(name string) error
	// SyncFiles makes the contents of files in the folder dir durable, which takes less for many than to sync each.
	SyncFiles(dir string, names []string) error

	Lstat(name string) (fs.FileInfo, error)
	Readlink(name string) (string, error)
	ReadDir(name string) ([]fs.DirEntry, error)
	// Open opens a file for reading.
	Open(name string) (fs.File, error)
	Close() error
}

// osRoot is a Root of the operating system. [os.Root] keeps what links lead to inside, and follows those; here each
// folder on the way is opened below the one before it, and is only gone into if it is one and no link.
type osRoot struct {
	root *os.Root
	used *folders
}

func (osFS) OpenRoot(dir string) (Root, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return osRoot{root, new(folders)}, nil
}

// ErrLink means that a link is where a folder was wanted.
var ErrLink = errors.New("is a link, want a folder")

// in runs do with the folder that name is in, and its last part.
func (r osRoot) in(op, name string, do func(dir *folder, base string) error) error {
	if err := checkName(name); err != nil {
		return &fs.PathError{Op: op, Path: name, Err: err}
	}
	dir, base := path.Split(path.Clean(name))
	dir = strings.TrimSuffix(dir, "/")
	at := r.used.get(r.root, dir)
	if at == nil {
		var err error
		if at, err = r.walk(dir); err != nil {
			return &fs.PathError{Op: op, Path: name, Err: err}
		}
		r.used.add(at)
	}
	defer r.used.put(at)
	return r.named(op, name, do(at, base))
}

// named is an error of something in a folder with its whole path, by which where it is can be told.
func (r osRoot) named(op, name string, err error) error {
	var at *fs.PathError
	if err == nil || errors.As(err, &at) && filepath.IsAbs(at.Path) {
		return err
	}
	return &fs.PathError{Op: op, Path: filepath.Join(r.root.Name(), filepath.FromSlash(name)), Err: cause(err)}
}

// walk opens the folder dir, "" for the root itself, to be used once.
func (r osRoot) walk(dir string) (*folder, error) {
	at, err := r.root.OpenRoot(".")
	if err != nil {
		return nil, err
	}
	var way []fs.FileInfo
	for part := range strings.SplitSeq(dir, "/") {
		if part == "" {
			continue
		}
		next, seen, err := enter(at, part)
		at.Close()
		if err != nil {
			return nil, err
		}
		at, way = next, append(way, seen)
	}
	return &folder{Root: at, name: dir, way: way, uses: 1}, nil
}

// enter opens a folder in another. That it is the one which was seen there as a folder shows that no link was
// followed, also if it was exchanged for one meanwhile.
func enter(dir *os.Root, name string) (*os.Root, fs.FileInfo, error) {
	seen, err := dir.Lstat(name)
	switch {
	case err != nil:
		return nil, nil, cause(err)
	case seen.Mode()&fs.ModeSymlink != 0:
		return nil, nil, ErrLink
	case !seen.IsDir():
		return nil, nil, syscall.ENOTDIR
	}
	in, err := dir.OpenRoot(name)
	if err != nil {
		return nil, nil, cause(err)
	}
	now, err := in.Stat(".")
	if err == nil && !os.SameFile(seen, now) {
		err = ErrLink
	}
	if err != nil {
		in.Close()
		return nil, nil, err
	}
	return in, seen, nil
}

// cause is what a path error is about, without the part of the path that it knows.
func cause(err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		return at.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

func (r osRoot) Close() error {
	r.used.close()
	return r.root.Close()
}

func (r osRoot) Create(name string, perm fs.FileMode) (f File, err error) {
	err = r.in("create", name, func(dir *folder, base string) error {
		made, err := dir.OpenFile(base, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
		if err == nil {
			f = made // not a File that holds nil
		}
		return err
	})
	return f, err
}

func (r osRoot) Symlink(target, name string) error {
	return r.in("symlink", name, func(dir *folder, base string) error { return dir.Symlink(target, base) })
}

func (r osRoot) Mkdir(name string, perm fs.FileMode) error {
	return r.in("mkdir", name, func(dir *folder, base string) error { return dir.Mkdir(base, perm) })
}

func (r osRoot) Remove(name string) error {
	return r.in("remove", name, func(dir *folder, base string) error { return removeIn(dir.Root, base) })
}

func (r osRoot) Rename(from, to string) error {
	return r.in("rename", from, func(fromDir *folder, fromBase string) error {
		return r.in("rename", to, func(toDir *folder, toBase string) error {
			return renameBetween(r.root, fromDir, fromBase, toDir, toBase, from, to)
		})
	})
}

func (r osRoot) Lstat(name string) (info fs.FileInfo, err error) {
	err = r.in("lstat", name, func(dir *folder, base string) (err error) {
		info, err = dir.Lstat(base)
		return err
	})
	return info, err
}

func (r osRoot) Readlink(name string) (target string, err error) {
	err = r.in("readlink", name, func(dir *folder, base string) (err error) {
		target, err = dir.Readlink(base)
		return err
	})
	return target, err
}

// Open opens what name names itself: a link there is not followed.
func (r osRoot) Open(name string) (fs.File, error) {
	f, err := r.open(name)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (r osRoot) open(name string) (f *os.File, err error) {
	err = r.in("open", name, func(dir *folder, base string) error {
		seen, err := dir.Lstat(base)
		if err != nil {
			return err
		}
		if seen.Mode()&fs.ModeSymlink != 0 {
			return &fs.PathError{Op: "open", Path: name, Err: ErrLink}
		}
		if f, err = dir.Open(base); err != nil {
			return err
		}
		now, err := f.Stat()
		if err == nil && !os.SameFile(seen, now) {
			err = &fs.PathError{Op: "open", Path: name, Err: ErrLink}
		}
		if err != nil {
			f.Close()
		}
		return err
	})
	return f, err
}

func (r osRoot) ReadDir(name string) ([]fs.DirEntry, error) {
	f, err := r.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// syncsAtOnce is how many files are synced side by side: a journal takes what waits for it together.
const syncsAtOnce = 16

func (r osRoot) SyncFiles(dir string, names []string) error {
	return r.in("sync", dir+"/*", func(in *folder, _ string) error {
		sync := (*os.File).Sync
		if syncWhole(in, len(names)) {
			// One of them for all: kernels before 5.17 keep to themselves what goes wrong when the journal is written.
			if err := syncFile(in.Root, names[0], sync); err != nil {
				return err
			}
			names, sync = names[1:], wasWritten
		}
		var g errgroup.Group
		g.SetLimit(syncsAtOnce)
		for _, name := range names {
			g.Go(func() error { return syncFile(in.Root, name, sync) })
		}
		return g.Wait()
	})
}

// syncFile is for a file that this process has made: it is no link.
func syncFile(dir *os.Root, name string, sync func(*os.File) error) error {
	how := os.O_RDONLY // a umask may take the right to write from its owner
	if runtime.GOOS == "windows" {
		how = os.O_RDWR // without which it flushes nothing
	}
	f, err := dir.OpenFile(name, how, 0)
	if err != nil {
		return err
	}
	return errors.Join(sync(f), f.Close())
}

func (r osRoot) SyncDir(name string) error {
	return syncDir(func() (*os.File, error) { return r.open(name) })
}
