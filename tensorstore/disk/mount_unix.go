//go:build unix

package disk

import (
	"path/filepath"

	"github.com/moby/sys/mountinfo"
)

// mountOf is the type of the file system of a path and where it is mounted; "" where that is not known.
func mountOf(path string) (kind, at string) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", ""
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	mounts, err := mountinfo.GetMounts(mountinfo.ParentsFilter(path))
	if err != nil {
		return "", ""
	}
	for _, m := range mounts { // of two at one place the later one is seen
		if len(m.Mountpoint) >= len(at) {
			kind, at = m.FSType, m.Mountpoint
		}
	}
	return kind, at
}
