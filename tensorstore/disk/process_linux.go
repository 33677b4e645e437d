package disk

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
)

// startOf is when a process was started, in ticks since the machine was, and whether there is one.
func startOf(pid int) (start string, alive bool) {
	if syscall.Kill(pid, 0) == syscall.ESRCH {
		return "", false
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", true // of another user, which may be hidden
	}
	// The name of the program, in parentheses, may hold anything; 20 fields on is the start.
	fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	if len(fields) < 20 {
		return "", true
	}
	return string(fields[19]), string(fields[0]) != "Z"
}
