//go:build !linux && !windows

package disk

import (
	"errors"
	"os"
	"syscall"
)

// startOf cannot say when a process was started here, but whether there is one.
func startOf(pid int) (start string, alive bool) {
	p, err := os.FindProcess(pid)
	if err != nil {
		return "", false
	}
	err = p.Signal(syscall.Signal(0))
	return "", err == nil || errors.Is(err, os.ErrPermission)
}
