//go:build !unix

package main

import (
	"os"
	"time"
)

var started = time.Now()

// cpuTime is elapsed time: nothing better is known here.
func cpuTime() time.Duration { return time.Since(started) }

// maxResident is not known here.
func maxResident(*os.ProcessState) int64 { return 0 }
