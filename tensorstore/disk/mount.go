package disk

import (
	"fmt"
	"slices"
	"strings"
)

// FileSystem says on which file system a path is, as in "nfs4 at /mnt/models"; "" where that is not
// known.
func FileSystem(path string) string {
	kind, at := mountOf(path)
	if kind == "" {
		return ""
	}
	return fmt.Sprintf("%s at %s", kind, at)
}

// Remote says that a path is on a file system that other machines may have mounted too, or that a program
// serves which may ask one: with those no memory is shared through a file.
func Remote(path string) bool {
	kind, _ := mountOf(path)
	return remote(kind)
}

// remotes are types of file systems of several machines, up to a dot or a digit.
var remotes = []string{"nfs", "cifs", "smb", "smbfs", "fuse", "fuseblk", "9p", "lustre", "gpfs", "beegfs", "ceph", "glusterfs",
	"afs", "afpfs", "webdav", "ocfs", "gfs", "orangefs", "pvfs", "wekafs", "quobyte", "vboxsf", "prl_fs", "virtiofs"}

func remote(fsType string) bool {
	name, _, _ := strings.Cut(strings.ToLower(fsType), ".")
	return slices.Contains(remotes, name) || slices.Contains(remotes, strings.TrimRight(name, "0123456789"))
}
