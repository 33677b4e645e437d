//go:build !linux && !darwin && !windows

package work

import "io/fs"

// freeBytes cannot tell how much may still be written.
func freeBytes(string) (n int64, ok bool) { return 0, false }

// deviceOf takes all for one file system.
func deviceOf(fs.FileInfo) uint64 { return 0 }
