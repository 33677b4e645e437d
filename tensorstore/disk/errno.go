package disk

import (
	"errors"
	"io/fs"
)

// IsNoFile says that a path names no file: nothing is there, a folder is, a
// file is where it wants a folder, or its links lead in a circle.
func IsNoFile(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || isNotDir(err) || isDirError(err) || isLoop(err)
}
