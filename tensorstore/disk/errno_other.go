//go:build !unix

package disk

import (
	"errors"
	"io/fs"
)

// Without POSIX error numbers the kind of failure is not told apart, but for a
// path that is not there.

func IsNotDir(err error) bool  { return errors.Is(err, fs.ErrNotExist) }
func IsDirError(error) bool    { return false }
func IsCrossDevice(error) bool { return false }
