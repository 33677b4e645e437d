package work

import (
	"fmt"
	"math"
	"os"
	"path"

	"github.com/dustin/go-humanize"
)

// A SpaceError says that a file system has no room for what is to be written. Nothing was.
type SpaceError struct {
	Dir        string // in that file system
	Need, Free int64  // bytes
}

func (e *SpaceError) Error() string {
	return fmt.Sprintf("%s: no space: %s are needed, %s are free", e.Dir, bytesOf(e.Need), bytesOf(e.Free))
}

// CheckRoom is a [SpaceError] where the file system of a folder has no room for n bytes. Where nobody can tell there
// is room.
func CheckRoom(dir string, n int64) error { return checkRoom(dir, n, freeBytes) }

func checkRoom(dir string, n int64, free func(string) (int64, bool)) error {
	if has, ok := free(dir); ok && n > has {
		return &SpaceError{dir, n, has}
	}
	return nil
}

// roomFor is a [SpaceError] where there is no room for the files of a plan in place of those that are there.
func (r *Folder) roomFor(pl Plan, free func(string) (int64, bool)) error {
	n := needs{folder: r, where: map[string]uint64{}, device: map[uint64]*need{}}
	for _, f := range pl.Write {
		n.add(f.Path, f.Size)
	}
	for _, name := range pl.Remove {
		n.add(name, 0)
	}
	for _, need := range n.device {
		if err := checkRoom(need.dir, need.bytes, free); err != nil {
			return err
		}
	}
	return nil
}

// needs are what is to be written to each file system, less what goes there.
type needs struct {
	folder *Folder
	where  map[string]uint64 // the device of each folder of the working folder
	device map[uint64]*need
}

// A need is that of one file system.
type need struct {
	dir   string // one that is there
	bytes int64
}

// add counts a file of size bytes in place of what is there.
func (n *needs) add(name string, size int64) {
	d := n.device[n.of(path.Dir(name))]
	if f, ok, err := n.folder.Lstat(name); err == nil && ok {
		d.bytes -= f.Size
	}
	if size > math.MaxInt64-max(d.bytes, 0) {
		size = math.MaxInt64 - max(d.bytes, 0)
	}
	d.bytes += size
}

// of is the device of a folder, or of the nearest above it that is there.
func (n *needs) of(dir string) uint64 {
	if device, known := n.where[dir]; known {
		return device
	}
	name := n.folder.WorkPath(dir)
	info, err := os.Lstat(name)
	switch {
	case err == nil && info.IsDir():
		n.where[dir] = deviceOf(info)
	case dir != ".":
		n.where[dir] = n.of(path.Dir(dir))
	}
	device := n.where[dir]
	if n.device[device] == nil {
		n.device[device] = &need{dir: name}
	}
	return device
}

// bytesOf is a number of bytes as people say it.
func bytesOf(n int64) string { return humanize.IBytes(uint64(max(n, 0))) }
