//go:build !cgo || !amd64

package codec

// Without kernels in C all of these do nothing.

func detectKernel() kernel { return kernelGo }

func (k kernel) slots([]uint32, []uint16) bool { return false }

func (k kernel) ransRead(*ransReader, *slots, []uint8, []uint8) int { return 0 }

func (k kernel) ransWrite(_ *[maxLanes]uint32, _ int, _ []uint16, p int, _ *ransPairs, _, _ []uint8) (int, bool) {
	return p, false
}

func (k kernel) scales(*expectation, []int16, int) bool { return false }

func (k kernel) contexts([]uint16, []int16, []uint16, scaleRule) int { return 0 }

func (k kernel) tables([]uint8, []uint16, *[scaleContexts]uint8) int { return 0 }

func (k kernel) classify(*bitWriter, []uint8, []uint16, []uint16, uint16) int { return 0 }

func (k kernel) declassify(*bitReader, []uint16, []uint8, []uint16, uint16) int { return 0 }

func (k kernel) readDelta(*ransReader, *slots, *bitReader, []uint16, []uint8, []uint16, uint16) int {
	return 0
}
