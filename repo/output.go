package repo

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"dits/repo/refs"
	"dits/tensorstore/disk"
)

// WriteOutput writes a file that the user named, in the file system and outside of any repository's own folder: see
// [disk.OutputTarget] and [disk.WriteOutput].
func (r *Repo) WriteOutput(path string, write func(io.Writer) error) error {
	target, err := disk.OutputTarget(path)
	if err != nil {
		return err
	}
	if err := r.checkOutside(target); err != nil {
		return err
	}
	return disk.WriteOutput(target, write)
}

// checkOutside refuses a path in the repository's own folder or store, or in another repository's.
func (r *Repo) checkOutside(path string) error {
	own, err := ownFolders(r)
	if err != nil {
		return err
	}
	for dir := existing(path); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		for _, o := range own {
			if os.SameFile(info, o) || refs.IsRepository(dir) {
				return fmt.Errorf("%s: is in the repository itself, want a place outside of %s", path, dir)
			}
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// ownFolders describes the folders that only dits writes to.
func ownFolders(r *Repo) ([]os.FileInfo, error) {
	var own []os.FileInfo
	for _, dir := range []string{r.Dir, r.StoreDir} {
		info, err := os.Stat(dir)
		if err != nil {
			return nil, err
		}
		own = append(own, info)
	}
	return own, nil
}

// existing is the deepest folder on the way to path, or what is there, that exists, without links.
func existing(path string) string {
	for {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return real
		}
		up := filepath.Dir(path)
		if up == path {
			return path
		}
		path = up
	}
}
