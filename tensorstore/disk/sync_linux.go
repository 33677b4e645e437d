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

// syncWhole syncs all of the file system that a folder is in, where that takes less time than to sync each of n files.
// Whether it worked is told by syncing each afterwards: older kernels keep to themselves what could not be written.
func syncWhole(dir *os.Root, n int) {
	if n < worthWhole {
		return
	}
	f, err := dir.Open(".")
	if err != nil {
		return
	}
	defer f.Close()
	var st unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &st); err == nil && slices.Contains(wholes, int64(st.Type)) {
		_ = unix.Syncfs(int(f.Fd()))
	}
}
