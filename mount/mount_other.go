//go:build !linux && !darwin

package mount

import (
	"fmt"
	"runtime"

	"dits/repo"
)

// A Mount is what this system does not have.
type Mount struct{}

// Start is an [ErrUnsupported].
func Start(*repo.Repo, string, Options) (*Mount, error) {
	return nil, fmt.Errorf("%w on %s: dits mounts on Linux and macOS only; `dits export` writes single files", ErrUnsupported, runtime.GOOS)
}

// Path is where it is mounted.
func (*Mount) Path() string { return "" }

// Done is closed when it is mounted no more.
func (*Mount) Done() <-chan struct{} { return nil }

// End unmounts it.
func (*Mount) End() error { return ErrUnsupported }

// Detach takes it out of sight.
func (*Mount) Detach() error { return ErrUnsupported }
