package work

import (
	"io/fs"

	"golang.org/x/sys/windows"
)

// freeBytes is how much this user may still write to the file system that a folder is in; ok is false where that cannot
// be told.
func freeBytes(dir string) (n int64, ok bool) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, false
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil || free > 1<<62 {
		return 0, false
	}
	return int64(free), true
}

// deviceOf takes all for one file system: a working folder is on one drive.
func deviceOf(fs.FileInfo) uint64 { return 0 }
