//go:build linux || darwin

package mount

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"dits/repo"
)

// maxRead is how much the kernel asks for at once, at the most: bytes.
const maxRead = 1 << 20

// A Mount is a file system that is mounted.
type Mount struct {
	place  place
	system *system
	server *fuse.Server
	direct bool // by a call of the system, as root can; else by a program for it
	ended  chan struct{}
}

// Start mounts the repository r on the folder dir, which is made if it is not there. Keep r open until the mount has
// ended: see [Mount.Done].
func Start(r *repo.Repo, dir string, o Options) (*Mount, error) {
	if err := available(); err != nil {
		return nil, err
	}
	s, root, err := newSystem(r, o)
	if err != nil {
		return nil, err
	}
	p, err := findPlace(dir)
	if err != nil {
		return nil, err
	}
	m := &Mount{place: p, system: s, ended: make(chan struct{})}
	if err := m.start(root); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: cannot be mounted: %w", dir, err), p.leave())
	}
	readAhead(p.path)
	go func() {
		m.server.Wait()
		s.end()
		close(m.ended)
	}()
	return m, nil
}

func (m *Mount) start(root fs.InodeEmbedder) (err error) {
	o := &fs.Options{
		UID:            uint32(os.Getuid()),
		GID:            uint32(os.Getgid()),
		RootStableAttr: &fs.StableAttr{Ino: inode("")},
		MountOptions: fuse.MountOptions{
			Name: "dits", FsName: m.system.repo.Root, MaxWrite: maxRead, MaxReadAhead: maxRead,
			DisableXAttrs: true, Logger: log.New(io.Discard, "", 0),
		},
	}
	if direct := readOnlyCall(); direct != 0 && os.Geteuid() == 0 {
		o.DirectMountStrict, o.DirectMountFlags = true, direct
		m.server, err = fs.Mount(m.place.path, root, o)
		m.direct = err == nil
		return err
	}
	o.Options = []string{"ro"}
	m.server, err = fs.Mount(m.place.path, root, o)
	return err
}

// Path is where it is mounted.
func (m *Mount) Path() string { return m.place.path }

// Done is closed when it is mounted no more and nothing is read from the repository: by [Mount.End], or because somebody
// has unmounted it.
func (m *Mount) Done() <-chan struct{} { return m.ended }

// End unmounts it; [ErrBusy] if a program has a file of it open, or works in it.
func (m *Mount) End() error {
	select {
	case <-m.ended:
		return m.place.leave()
	default:
	}
	if err := m.server.Unmount(); isBusy(err) {
		return fmt.Errorf("%s: %w", m.place.path, ErrBusy)
	} else if err != nil {
		return fmt.Errorf("%s: %w", m.place.path, err)
	}
	<-m.ended
	return m.place.leave()
}

// Detach takes it out of sight although it is busy. Programs that have files of it open get errors when this one ends.
func (m *Mount) Detach() error {
	if err := detach(m.place.path, m.direct); err != nil {
		return fmt.Errorf("%s: %w", m.place.path, err)
	}
	return m.place.leave()
}

// isBusy says that unmounting failed since a program uses the mount. The program that does it for users says it in words.
func isBusy(err error) bool {
	return errors.Is(err, syscall.EBUSY) || err != nil && strings.Contains(err.Error(), "busy")
}
