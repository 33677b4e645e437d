//go:build !cgo || !amd64

package diff

// hasProductKernel says that productInC may be called.
const hasProductKernel = false

// productInC is never called here.
func productInC(c []float64, x strided, y []float64, n, inner int) {}
