//go:build linux || darwin

package work

import (
	"io/fs"
	"syscall"

	"golang.org/x/sys/unix"
)

// freeBytes is how much a user may still write to the file system that a folder is in; ok is false where that cannot
// be told.
func freeBytes(dir string) (n int64, ok bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil || st.Blocks == 0 || st.Bavail > 1<<62/uint64(st.Bsize) {
		return 0, false
	}
	return int64(st.Bavail) * int64(st.Bsize), true
}

// deviceOf tells file systems apart.
func deviceOf(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Dev)
	}
	return 0
}
