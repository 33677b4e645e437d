package disk

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"
)

// The library of Go has POSIX numbers for what it finds itself; what Windows finds has numbers of its own.

// isNotDir says that a path goes through something that is no folder.
func isNotDir(err error) bool {
	return errors.Is(err, syscall.ENOTDIR) || errors.Is(err, windows.ERROR_DIRECTORY)
}

// isDirError says that a folder is where a file was wanted.
func isDirError(err error) bool { return errors.Is(err, syscall.EISDIR) }

// isLoop says that links lead to each other.
func isLoop(err error) bool {
	return errors.Is(err, syscall.ELOOP) || errors.Is(err, windows.ERROR_CANT_RESOLVE_FILENAME)
}

// IsCrossDevice says that a rename would leave its file system.
func IsCrossDevice(err error) bool {
	return errors.Is(err, syscall.EXDEV) || errors.Is(err, windows.ERROR_NOT_SAME_DEVICE)
}
