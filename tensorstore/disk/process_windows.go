package disk

import (
	"errors"
	"strconv"

	"golang.org/x/sys/windows"
)

// startOf is when a process was started, in steps of 100 ns since 1601, and whether there is one.
func startOf(pid int) (start string, alive bool) {
	p, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return "", errors.Is(err, windows.ERROR_ACCESS_DENIED) // of another user, which may be hidden
	}
	defer windows.CloseHandle(p)
	var made, ended, kernel, user windows.Filetime
	if windows.GetProcessTimes(p, &made, &ended, &kernel, &user) != nil {
		return "", true
	}
	// One that has ended is there as long as anybody has it open.
	return strconv.FormatInt(int64(made.HighDateTime)<<32|int64(made.LowDateTime), 10), ended == windows.Filetime{}
}
