//go:build unix

package repo

import (
	"errors"
	"syscall"
)

// isNotDir says that a path goes through something that is no folder.
func isNotDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

// isDirError says that a folder is where a file was wanted.
func isDirError(err error) bool { return errors.Is(err, syscall.EISDIR) }

// isCrossDevice says that a rename would leave its file system.
func isCrossDevice(err error) bool { return errors.Is(err, syscall.EXDEV) }

// isNotEmpty says that a folder cannot be removed for what is in it.
func isNotEmpty(err error) bool {
	return errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, syscall.EEXIST)
}
