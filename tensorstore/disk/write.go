package disk

import (
	"io"
	"io/fs"
	"path/filepath"
)

// WriteFile replaces path by a file of mode perm, 0 for what the umask leaves of 0666, that write fills:
// temporary file in the same folder, fsync, rename, fsync of the folder. When it fails the old
// file is untouched and the temporary one is gone; only if the last step fails,
// the fsync of the folder, is the new file in place, where a crash may take it
// back to the old one.
func WriteFile(fsys FS, path string, perm fs.FileMode, write func(io.Writer) error) error {
	return WriteFileVia(fsys, filepath.Dir(path), path, perm, write)
}

// WriteFileVia is WriteFile with the temporary file in the folder tmp, of the same
// file system: what a crash leaves is found there.
func WriteFileVia(fsys FS, tmp, path string, perm fs.FileMode, write func(io.Writer) error) error {
	return WriteFileIf(fsys, tmp, path, perm, write, func() error { return nil })
}

// WriteFileIf is [WriteFileVia] unless check, right before the renaming, has an error.
func WriteFileIf(fsys FS, tmp, path string, perm fs.FileMode, write func(io.Writer) error, check func() error) error {
	f, err := fsys.CreateTemp(tmp, ".tmp-*")
	if err != nil {
		return err
	}
	if err := fill(f, perm, write); err != nil {
		fsys.Remove(f.Name())
		return err
	}
	err = check()
	if err == nil {
		err = fsys.Rename(f.Name(), path)
	}
	if err != nil {
		fsys.Remove(f.Name())
		return err
	}
	return fsys.SyncDir(filepath.Dir(path))
}

func fill(f File, perm fs.FileMode, write func(io.Writer) error) error {
	err := write(f)
	if err == nil && perm != 0 {
		err = f.Chmod(perm)
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
