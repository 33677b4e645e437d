//go:build !linux

package disk

import (
	"errors"
	"io/fs"
)

// Clone is an [errors.ErrUnsupported] on this system.
func Clone(File, fs.File) error { return errors.ErrUnsupported }
