//go:build unix

package disk

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// foreignOwner is the owner of a folder that is not root's, where this process is root's.
func foreignOwner(dir string) (uid, gid int, foreign bool) {
	if os.Geteuid() != 0 {
		return 0, 0, false
	}
	info, err := os.Stat(dir)
	if err != nil {
		return 0, 0, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || st.Uid == 0 {
		return 0, 0, false
	}
	return int(st.Uid), int(st.Gid), true
}

// Owner is the name of who owns a file or folder, "" where that cannot be said.
func Owner(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return userName(int(st.Uid))
}

// User is the name of who this process works for.
func User() string { return userName(os.Geteuid()) }

func userName(uid int) string {
	id := strconv.Itoa(uid)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return "user " + id
}
