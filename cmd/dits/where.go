package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"dits/tensorstore/disk"
)

// where says of an error of the operating system what cannot be seen from its path: to whom that
// belongs, or what file system it is on. "" where that is no help.
func where(err error) string {
	path := existing(pathOf(err))
	if path == "" {
		return ""
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		info, serr := os.Stat(path)
		if owner := disk.Owner(path); serr == nil && owner != "" {
			return fmt.Sprintf("%s belongs to %s (mode %04o); you are %s.", path, owner, info.Mode().Perm(), disk.User())
		}
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		if on := disk.FileSystem(path); on != "" {
			return fmt.Sprintf("%s is on %s.", path, on)
		}
	}
	return ""
}

// pathOf is the path that an error is about, "" if it says none.
func pathOf(err error) string {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Path
	case errors.As(err, &link):
		return link.New
	}
	return ""
}

// existing is path, or the first folder above it that is there; "" if path names nothing
// absolute.
func existing(path string) string {
	if !filepath.IsAbs(path) {
		return ""
	}
	for {
		if _, err := os.Stat(path); err == nil || filepath.Dir(path) == path {
			return path
		}
		path = filepath.Dir(path)
	}
}
