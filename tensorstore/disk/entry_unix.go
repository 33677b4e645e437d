//go:build unix

package disk

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// rename replaces a file; that is on the disk when the folder is synced.
func rename(from, to string) error { return os.Rename(from, to) }

// renameBetween renames an entry of one open folder to one of another; from and to are for the error.
func renameBetween(_ *os.Root, fromDir *folder, fromBase string, toDir *folder, toBase, from, to string) error {
	a, err := fromDir.file()
	if err != nil {
		return err
	}
	b, err := toDir.file()
	if err != nil {
		return err
	}
	for err = unix.EINTR; errors.Is(err, unix.EINTR); {
		err = unix.Renameat(int(a.Fd()), fromBase, int(b.Fd()), toBase)
	}
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

// removeIn removes an entry of an open folder.
func removeIn(dir *os.Root, base string) error { return dir.Remove(base) }

// checkName has nothing against a name: all that trees can hold are taken as they are.
func checkName(string) error { return nil }
