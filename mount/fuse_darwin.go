package mount

import (
	"fmt"
	"os"
	"syscall"
)

// available says why nothing can be mounted here, if that can be told before.
func available() error {
	for _, path := range []string{"/Library/Filesystems/macfuse.fs", "/Library/Filesystems/osxfuse.fs"} {
		if _, err := os.Stat(path); err == nil {
			return nil
		}
	}
	return fmt.Errorf("%w: macFUSE is not there; it is at https://macfuse.github.io", ErrUnsupported)
}

// readOnlyCall is none: a program of macFUSE mounts.
func readOnlyCall() uintptr { return 0 }

// readAhead leaves that to the kernel.
func readAhead(string) {}

const forced = 0x80000 // MNT_FORCE of <sys/mount.h>

// detach unmounts what is in use.
func detach(dir string, _ bool) error { return syscall.Unmount(dir, forced) }
