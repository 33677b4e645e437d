package disk

import (
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// worthWhole is how many files are synced together with all else of their file system. With fewer it could take longer:
// others may have written much.
const worthWhole = 64

// wholes are the file systems for which syncfs does for each file what fsync does. With others, such as those of
// networks and of programs, it may only hand over what is in memory here.
var wholes = []int64{unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC, unix.TMPFS_MAGIC}

// syncWhole syncs all of the file system that a folder is in, where that makes n files durable in less time than to sync
// each; done says that it did.
func syncWhole(dir *os.Root, n int) (done bool, err error) {
	if n < worthWhole {
		return false, nil
	}
	f, err := dir.Open(".")
	if err != nil {
		return false, err
	}
	defer f.Close()
	var st unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &st); err != nil || !slices.Contains(wholes, int64(st.Type)) {
		return false, nil
	}
	if err := unix.Syncfs(int(f.Fd())); err != nil {
		return false, &os.PathError{Op: "syncfs", Path: f.Name(), Err: err}
	}
	return true, nil
}
