//go:build !cgo || !amd64

package predict

// dotsFast does nothing without a kernel in C.
func dotsFast([]int32, []int16, []int16) int { return 0 }
