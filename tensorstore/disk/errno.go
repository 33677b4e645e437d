package disk

import (
	"errors"
	"io/fs"
)

// IsNoFile says that a path names no file: nothing is there, a folder is, a file or a link that
// is not followed is where it wants a folder, or its links lead in a circle.
func IsNoFile(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrLink) || isNotDir(err) || isDirError(err) || isLoop(err)
}
