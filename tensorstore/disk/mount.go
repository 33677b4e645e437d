package disk

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/sys/mountinfo"
)

// FileSystem says on which file system a path is, as in "nfs4 at /mnt/models"; "" where that is not
// known.
func FileSystem(path string) string {
	at := mountOf(path)
	if at.FSType == "" {
		return ""
	}
	return fmt.Sprintf("%s at %s", at.FSType, at.Mountpoint)
}

// Remote says that a path is on a file system that other machines may have mounted too, or that a program
// serves which may ask one: with those no memory is shared through a file.
func Remote(path string) bool { return remote(mountOf(path).FSType) }

// remotes are types of file systems of several machines, up to a dot or a digit.
var remotes = []string{"nfs", "cifs", "smb", "smbfs", "fuse", "fuseblk", "9p", "lustre", "gpfs", "beegfs", "ceph", "glusterfs",
	"afs", "afpfs", "webdav", "ocfs", "gfs", "orangefs", "pvfs", "wekafs", "quobyte", "vboxsf", "prl_fs", "virtiofs"}

func remote(fsType string) bool {
	name, _, _ := strings.Cut(strings.ToLower(fsType), ".")
	return slices.Contains(remotes, name) || slices.Contains(remotes, strings.TrimRight(name, "0123456789"))
}

// mountOf is where the file system of a path is mounted; zero where that is not known.
func mountOf(path string) (at mountinfo.Info) {
	path, err := filepath.Abs(path)
	if err != nil {
		return at
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	mounts, err := mountinfo.GetMounts(mountinfo.ParentsFilter(path))
	if err != nil {
		return at
	}
	for _, m := range mounts { // of two at one place the later one is seen
		if len(m.Mountpoint) >= len(at.Mountpoint) {
			at = *m
		}
	}
	return at
}
