package work

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"dits/repo/object"
	"dits/tensorstore/disk"
)

// An aside is the root of a working folder whose .dits is a link: names in .dits are those of the
// folder that it leads to, which counts as another file system.
type aside struct {
	disk.Root
	dits disk.Root
}

// openRoot opens the working folder.
func (r *Folder) openRoot() (disk.Root, error) {
	root, err := r.FS.OpenRoot(r.Root)
	if err != nil {
		return nil, err
	}
	if info, err := root.Lstat(object.Dir); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return root, nil
	}
	dits, err := r.FS.OpenRoot(r.Dir)
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return aside{root, dits}, nil
}

// at is the root that has a name, and the name there.
func (a aside) at(name string) (disk.Root, string) {
	if rest, ok := strings.CutPrefix(name, object.Dir+"/"); ok {
		return a.dits, rest
	}
	return a.Root, name
}

func (a aside) Create(name string, perm fs.FileMode) (disk.File, error) {
	root, name := a.at(name)
	return root.Create(name, perm)
}

func (a aside) Symlink(target, name string) error {
	root, name := a.at(name)
	return root.Symlink(target, name)
}

func (a aside) Remove(name string) error {
	root, name := a.at(name)
	return root.Remove(name)
}

func (a aside) Readlink(name string) (string, error) {
	root, name := a.at(name)
	return root.Readlink(name)
}

func (a aside) Open(name string) (fs.File, error) {
	root, name := a.at(name)
	return root.Open(name)
}

func (a aside) Rename(from, to string) error {
	source, there := a.at(from)
	target, here := a.at(to)
	if source != target {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: syscall.EXDEV}
	}
	return source.Rename(there, here)
}

func (a aside) SyncFiles(dir string, names []string) error {
	root, dir := a.at(dir)
	return root.SyncFiles(dir, names)
}

func (a aside) Close() error { return errors.Join(a.dits.Close(), a.Root.Close()) }
