package disk

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// rename replaces a file, and returns when that is on the disk: there is no flushing of folders.
func rename(from, to string) error {
	a, err := windows.UTF16PtrFromString(from)
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	b, err := windows.UTF16PtrFromString(to)
	if err == nil {
		err = windows.MoveFileEx(a, b, windows.MOVEFILE_REPLACE_EXISTING|windows.MOVEFILE_WRITE_THROUGH)
	}
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

// renameBetween renames by names below the root: the system has no call for open folders. Both were seen to be no links.
func renameBetween(root *os.Root, _ *folder, _ string, _ *folder, _, from, to string) error {
	return root.Rename(from, to)
}

// removeIn removes an entry of an open folder; by name where the file system has no removal of what is open, as Wine's
// has none.
func removeIn(dir *os.Root, base string) error {
	err := dir.Remove(base)
	if errors.Is(err, windows.ERROR_INVALID_FUNCTION) {
		return os.Remove(filepath.Join(dir.Name(), base))
	}
	return err
}

// errName means that Windows takes a name for that of something else: a device, a stream of a file, or the name without
// its last dots and spaces.
var errName = errors.New("Windows has no such name (rename it on another system)")

// checkName is an error if a slash-separated name has a part that means something else here.
func checkName(name string) error {
	for part := range strings.SplitSeq(name, "/") {
		if part != "." && (!filepath.IsLocal(part) || strings.TrimRight(part, ". ") != part) {
			return errName
		}
	}
	return nil
}
