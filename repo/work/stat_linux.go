package work

import (
	"io/fs"
	"syscall"
)

// changeTime returns the time in nanoseconds of the last change to the inode, and its number.
func changeTime(info fs.FileInfo) (ctime int64, inode uint64) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0
	}
	return int64(st.Ctim.Sec)*1e9 + int64(st.Ctim.Nsec), st.Ino
}
