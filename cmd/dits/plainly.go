package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// plainly is an error as people read it. What the operating system said is told without the name of its call, and with
// a path that is short: from the folder of the command where it is below that.
func plainly(err error, folder string) string {
	text := err.Error()
	if all, ok := err.(interface{ Unwrap() []error }); ok && text == errors.Join(all.Unwrap()...).Error() {
		var lines []string
		for _, err := range all.Unwrap() {
			lines = append(lines, plainly(err, folder))
		}
		return strings.Join(lines, "\n")
	}
	said, path, reason := ofSystem(err)
	if said == "" {
		return text
	}
	short := shortPath(path, folder)
	text = strings.Replace(text, said, short+": "+reasonOf(reason), 1)
	for _, name := range []string{path, short} { // a layer above may have named it
		text = strings.Replace(text, name+": "+short+": ", short+": ", 1)
	}
	return text
}

// ofSystem is what the operating system said, and of it the path and the reason; "" if it said nothing.
func ofSystem(err error) (said, path string, reason error) {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		return at.Error(), at.Path, at.Err
	case errors.As(err, &link):
		return link.Error(), link.New, link.Err
	}
	return "", "", nil
}

// shortPath is a path as it is typed in a folder. Of a file that was only to be made there is no name yet.
func shortPath(path, folder string) string {
	if path == "" {
		return "."
	}
	path = filepath.Clean(path)
	if strings.HasPrefix(filepath.Base(path), ".tmp-") {
		path = filepath.Dir(path)
	}
	if rel, err := filepath.Rel(folder, path); err == nil && filepath.IsAbs(path) && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// reasonOf is why a call of the operating system failed.
func reasonOf(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "no such file or folder"
	}
	return err.Error()
}
