package mount

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"dits/repo"
)

// A place is the folder that is mounted on.
type place struct {
	path string
	made bool // by us
}

// findPlace is the folder dir, which is made if nothing is there. It has to be empty, and in no working folder: whatever
// looks through that would take the files for new ones.
func findPlace(dir string) (p place, err error) {
	if p.path, err = filepath.Abs(dir); err != nil {
		return p, err
	}
	entries, err := os.ReadDir(p.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.made = true
	case errors.Is(err, syscall.ENOTCONN):
		return p, fmt.Errorf("%s: something is mounted there that nobody serves any more: `umount %s` ends it", dir, dir)
	case err != nil:
		return p, err
	case len(entries) > 0:
		return p, fmt.Errorf("%s: is not empty, want an empty folder or a new one", dir)
	}
	above := p.path
	if p.made {
		above = filepath.Dir(p.path)
	}
	r, err := repo.FindNames(above)
	if err == nil {
		return p, fmt.Errorf("%s: is in the working folder %s: `dits add` would take its files for new ones; want a folder outside", dir, r.Root)
	}
	if !errors.Is(err, repo.ErrNoRepository) {
		return p, err
	}
	if p.made {
		return p, os.Mkdir(p.path, 0o777)
	}
	return p, nil
}

// leave removes the folder if it was made for this.
func (p place) leave() error {
	if !p.made {
		return nil
	}
	if err := os.Remove(p.path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
