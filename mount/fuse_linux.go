package mount

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// device is what programs and the kernel talk through.
const device = "/dev/fuse"

// available says why nothing can be mounted here, if that can be told before.
func available() error {
	f, err := os.OpenFile(device, os.O_RDWR, 0)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: this user may not open %s; root may, and gives the right with `chmod 666 %s`", ErrUnsupported, device, device)
	case err != nil:
		return fmt.Errorf("%w: %s is not there (`modprobe fuse` makes it; a container has to be given it)", ErrUnsupported, device)
	}
	f.Close()
	if _, err := helper(); err != nil && os.Geteuid() != 0 {
		return fmt.Errorf("%w: fusermount3 is not there, which mounts for users; it is in the package fuse3", ErrUnsupported)
	}
	return nil
}

// helper is the program that mounts and unmounts for users.
func helper() (string, error) {
	for _, name := range []string{"fusermount3", "fusermount"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}

// readOnlyCall are the flags of the system's own call.
func readOnlyCall() uintptr { return syscall.MS_RDONLY | syscall.MS_NOSUID | syscall.MS_NODEV }

// readAhead has the kernel ask for more at once where it reads on by itself: its own 128 KiB cost a third of the speed.
// Only root can; without it all is as right.
func readAhead(dir string) {
	var st unix.Stat_t
	if unix.Stat(dir, &st) == nil {
		path := fmt.Sprintf("/sys/class/bdi/%d:%d/read_ahead_kb", unix.Major(st.Dev), unix.Minor(st.Dev))
		_ = os.WriteFile(path, []byte(strconv.Itoa(maxRead>>10)), 0)
	}
}

// detach unmounts what is in use.
func detach(dir string, direct bool) error {
	if direct {
		return syscall.Unmount(dir, syscall.MNT_DETACH)
	}
	program, err := helper()
	if err != nil {
		return err
	}
	if out, err := exec.Command(program, "-u", "-z", dir).CombinedOutput(); err != nil {
		return errors.New(string(out))
	}
	return nil
}
