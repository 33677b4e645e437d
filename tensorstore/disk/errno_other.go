//go:build !unix

package disk

import (
	"errors"
	"io/fs"
)

// Without POSIX error numbers the kind of failure is not told apart, but for a
// path that is not there.

func isNotDir(err error) bool  { return errors.Is(err, fs.ErrNotExist) }
func isDirError(error) bool    { return false }
func isLoop(error) bool        { return false }
func IsCrossDevice(error) bool { return false }
