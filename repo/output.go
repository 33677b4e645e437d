package repo

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore/digest"
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

// checkSaved is a [work.DirtyError] of the files at paths that are in the working folder and hold what nothing has
// saved: neither is it staged there, nor has HEAD it there, nor is it what is to be written, if that is known. What
// is elsewhere is none of the repository's.
func (r *Repo) checkSaved(written digest.ID, paths ...string) error {
	dirty := &work.DirtyError{}
	for _, path := range paths {
		target, err := disk.OutputTarget(path)
		if err != nil {
			continue // in a folder that is not there
		}
		rel, err := r.Rel(r.Root, target)
		if err != nil {
			continue // outside, or in .dits, which nothing is written to
		}
		saved, staged, err := r.isSaved(rel, written)
		switch {
		case err != nil:
			return err
		case !saved && staged:
			dirty.Changed = append(dirty.Changed, rel)
		case !saved:
			dirty.Untracked = append(dirty.Untracked, rel)
		}
	}
	if len(dirty.Changed)+len(dirty.Untracked) > 0 {
		return dirty
	}
	return nil
}

// isSaved says that nothing is lost if a file of the working folder is replaced by what has the digest written; and
// that something is staged at its path.
func (r *Repo) isSaved(path string, written digest.ID) (saved, staged bool, err error) {
	f, exists, err := r.Lstat(path)
	if err != nil || !exists || f.Mode == object.ModeLink || f.Size == 0 {
		return true, false, err
	}
	id, err := r.HashFile(f)
	if err != nil {
		return false, false, err
	}
	index, err := r.FileAt("", path)
	staged = err == nil
	if id == written || staged && index.ID == id {
		return true, staged, nil
	}
	head, err := r.FileAt(object.HeadName, path)
	return err == nil && head.ID == id, staged, nil
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
			if os.SameFile(info, o) || isDits(dir) {
				return fmt.Errorf("%s: is in the repository itself, want a place outside of %s", path, dir)
			}
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// isDits says that dir is the folder of a repository, and not only one in which a file is called HEAD or index.
func isDits(dir string) bool {
	return strings.EqualFold(filepath.Base(dir), object.Dir) && refs.IsRepository(dir)
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
