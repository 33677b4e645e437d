package disk

import (
	"fmt"
	"path/filepath"

	"github.com/moby/sys/mountinfo"
)

// FileSystem says on which file system a path is, as in "nfs4 at /mnt/models"; "" where that is not
// known.
func FileSystem(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	var at mountinfo.Info
	mounts, err := mountinfo.GetMounts(mountinfo.ParentsFilter(path))
	if err != nil {
		return ""
	}
	for _, m := range mounts { // of two at one place the later one is seen
		if len(m.Mountpoint) >= len(at.Mountpoint) {
			at = *m
		}
	}
	if at.FSType == "" {
		return ""
	}
	return fmt.Sprintf("%s at %s", at.FSType, at.Mountpoint)
}
