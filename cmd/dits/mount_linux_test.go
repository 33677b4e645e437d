package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The same on disks that are full, have no inodes left or are mounted read-only, each in a
// name space of its own. Where the machine has none for users, [TestReadersNeedNotWrite] has
// shown the same paths through the code by permissions.
func TestReadersOnDisks(t *testing.T) {
	for name, mount := range map[string]string{
		"read-only": `mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && cd . && ! touch x 2>/dev/null`,
		"full": `mount -t tmpfs -o size=8m none "$2" && cp -r "$1/." "$2" && cd "$2" && : >.dits/x &&
			{ dd if=/dev/zero of=.dits/fill bs=4k 2>/dev/null; ! echo full >.dits/x; } 2>/dev/null`,
		"without inodes": `mount -t tmpfs -o nr_inodes=100 none "$2" && cp -r "$1/." "$2" && cd "$2" &&
			{ i=0; while touch f$i 2>/dev/null; do i=$((i+1)); done; rm f*; i=0; while mkdir .dits/f$i 2>/dev/null; do i=$((i+1)); done; true; }`,
	} {
		for _, log := range []string{"with", "without"} {
			t.Run(name+", "+log+" a log", func(t *testing.T) {
				t.Parallel()
				l := newLookout(t)
				if log == "without" {
					l.remove("catalog.db-*")
				}
				place := filepath.Join(filepath.Dir(l.repo), "mount")
				require.NoError(t, os.Mkdir(place, 0o755))
				script := mount + ` && sleep 0.2 && shift 2 && exec "$@"`
				if out, err := apart(exec.Command("sh", "-c", mount, "sh", l.repo, place), l.repo).CombinedOutput(); err != nil {
					t.Skipf("no mounts here: %v %s", err, out)
				}
				time.Sleep(200 * time.Millisecond)
				for _, look := range looks[len(looks)/2:] {
					delete(l.want, strings.Join(look, " ")) // half of them will do
				}
				l.check(func(cmd *exec.Cmd) {
					args := append([]string{"-c", script, "sh", l.repo, place}, cmd.Args...)
					cmd.Path, _ = exec.LookPath("sh")
					cmd.Args = append([]string{"sh"}, args...)
					cmd.Env = append(cmd.Env, "DITS_CACHE="+place+"/cache", "HOME="+place)
					apart(cmd, l.repo)
				})
			})
		}
	}
}

// apart makes a command one in a name space of its own, where it may mount.
func apart(cmd *exec.Cmd, dir string) *exec.Cmd {
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	}
	return cmd
}
