package disk

import (
	"runtime"
	"strings"
	"testing"
)

func TestRemoteTypes(t *testing.T) {
	for fsType, want := range map[string]bool{
		"ext4": false, "xfs": false, "btrfs": false, "tmpfs": false, "zfs": false, "overlay": false, "apfs": false, "": false,
		"nfs": true, "nfs4": true, "cifs": true, "smb3": true, "fuse.sshfs": true, "9p": true, "lustre": true, "ceph": true,
	} {
		if got := remote(fsType); got != want {
			t.Errorf("%q: remote %v, want %v", fsType, got, want)
		}
	}
}

func TestFileSystem(t *testing.T) {
	dir := t.TempDir()
	got := FileSystem(dir)
	kind, at, ok := strings.Cut(got, " at ")
	if runtime.GOOS == "linux" && (!ok || kind == "" || !strings.HasPrefix(dir, at)) {
		t.Errorf("%s: got %q, want a type and a folder above", dir, got)
	}
}
