package disk

import (
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// worthWhole is how many files are synced together with all else of their file system. With fewer it could take longer:
// others may have written much.
const worthWhole = 64

// wholes are the file systems for which syncfs does for each file most of what fsync does. With others, such as those of
// networks and of programs, it may take long for nothing.
var wholes = []int64{unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC, unix.TMPFS_MAGIC}

// syncWhole syncs all of the file system that a folder is in, where that takes less time than to sync each of n files,
// and tells whether it did. What it could not write of a file is told by [wasWritten]: kernels before 5.8 keep that to
// themselves here.
func syncWhole(dir *folder, n int) bool {
	if n < worthWhole {
		return false
	}
	f, err := dir.file()
	if err != nil {
		return false
	}
	var st unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &st); err != nil || !slices.Contains(wholes, int64(st.Type)) {
		return false
	}
	return unix.Syncfs(int(f.Fd())) == nil
}

// wasWritten waits for what a sync of all began to write of a file, and is the error of what could not be written.
// Unlike a sync of the file it does not have the disk empty its cache once more.
func wasWritten(f *os.File) error {
	const wait = unix.SYNC_FILE_RANGE_WAIT_BEFORE | unix.SYNC_FILE_RANGE_WRITE | unix.SYNC_FILE_RANGE_WAIT_AFTER
	if err := unix.SyncFileRange(int(f.Fd()), 0, 0, wait); err != nil {
		return &os.PathError{Op: "sync", Path: f.Name(), Err: err}
	}
	return nil
}
