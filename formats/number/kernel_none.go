//go:build !cgo || !amd64

package number

// hasSumKernel says that the functions below may be called.
const hasSumKernel = false

// lanesInC is lanesInGo here.
func lanesInC(a, b []float64) sums { return lanesInGo(a, b) }

// bytesInC is never called here.
func bytesInC(a, b []byte, n int, elem kernelElem) sums { return sums{} }
