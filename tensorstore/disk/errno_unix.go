//go:build unix

package disk

import (
	"errors"
	"syscall"
)

// isNotDir says that a path goes through something that is no folder.
func isNotDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

// isDirError says that a folder is where a file was wanted.
func isDirError(err error) bool { return errors.Is(err, syscall.EISDIR) }

// isLoop says that links lead to each other.
func isLoop(err error) bool { return errors.Is(err, syscall.ELOOP) }

// IsCrossDevice says that a rename would leave its file system.
func IsCrossDevice(err error) bool { return errors.Is(err, syscall.EXDEV) }
