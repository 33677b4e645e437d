//go:build !unix

package codec

import (
	"testing"
	"time"
)

var began = time.Now()

// cpuSeconds is the time by the clock, where there is no better.
func cpuSeconds(testing.TB) float64 { return time.Since(began).Seconds() }
