package number

import (
	"math"

	"dits/formats"
)

// A kernelElem is an element type that the kernel in C reads by itself, as kernel.h numbers them.
type kernelElem int32

const (
	kernelBF16 kernelElem = 1
	kernelF16  kernelElem = 2
	kernelF32  kernelElem = 3
)

// kernelElems are the dtypes of the kernel.
var kernelElems = map[formats.DType]kernelElem{"BF16": kernelBF16, "F16": kernelF16, "F32": kernelF32}

// size is that of an element in bytes.
func (e kernelElem) size() int {
	if e == kernelF32 {
		return 4
	}
	return 2
}

// addBytes adds a run of n elements as they lie in a tensor, all but how many changed. It does not where the
// kernel is not there or the run is not for it: one with a NaN or an infinity has to be taken carefully.
func (s *sums) addBytes(a, b []byte, n int, elem kernelElem) bool {
	if !hasSumKernel || elem == 0 || n == 0 || n%4 != 0 {
		return false
	}
	r := bytesInC(a, b, n, elem)
	if math.IsNaN(r.dd) {
		return false
	}
	s.merge(&r)
	return true
}
