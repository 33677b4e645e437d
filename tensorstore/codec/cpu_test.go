//go:build unix

package codec

import (
	"syscall"
	"testing"
)

// cpuSeconds is the processor time of this process: on a busy machine, speed
// per core is measured by it and not by the clock.
func cpuSeconds(tb testing.TB) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
