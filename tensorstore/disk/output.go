package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxLinks bounds how many links are followed, as the systems do.
const maxLinks = 40

// OutputTarget is where a file that a user named as output is: where its link leads, to a file or to a place where
// none is yet. What is no regular file stays named as it is.
func OutputTarget(path string) (string, error) {
	if info, err := os.Stat(path); err == nil && (!info.Mode().IsRegular() || isStream(path)) {
		return path, nil
	}
	for range maxLinks {
		dir, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil {
			return "", err
		}
		path = filepath.Join(dir, filepath.Base(path))
		to, err := os.Readlink(path)
		if err != nil {
			return path, nil // no link
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(dir, to)
		}
		path = to
	}
	return "", fmt.Errorf("%s: more than %d links", path, maxLinks)
}

// isStream says that a path names what this process has open: a file there is written on, not anew.
func isStream(path string) bool {
	return slices.ContainsFunc([]string{"/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/"}, func(name string) bool {
		return path == name || strings.HasSuffix(name, "/") && strings.HasPrefix(path, name)
	})
}

// WriteOutput writes the file at an [OutputTarget]. A regular file is replaced in one step, as [WriteFile] does, and
// keeps its mode, a new one has what the umask leaves; pipes and devices are written into.
func WriteOutput(path string, write func(io.Writer) error) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return WriteFile(OS, path, 0, write)
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s: is a folder, want a file", path)
	case !info.Mode().IsRegular() || isStream(path):
		return writeInto(path, write)
	case info.Mode().Perm()&0o222 == 0:
		return fmt.Errorf("%s: is read-only, and is not replaced (chmod u+w, or remove it)", path)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0) // whoever may not write it may not replace it
	if err != nil {
		return err
	}
	f.Close()
	return WriteFile(OS, path, info.Mode().Perm(), write)
}

// writeInto writes into what is there. A pipe is waited for until someone reads it.
func writeInto(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
