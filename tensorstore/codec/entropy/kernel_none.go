//go:build !cgo || !amd64

package entropy

import "dits/cpu"

// Without kernels in C all of these do nothing.

// machine is the best level here.
const machine = cpu.Go

func (k kernel) slots([]uint32, []uint16) bool { return false }

func (k kernel) ransRead(*ransReader, *slots, []uint8, []uint8) int { return 0 }

func (k kernel) ransWrite(_ *[MaxLanes]uint32, _ int, _ precision, _ []uint16, p int, _ *ransPairs, _, _ []uint8) (int, bool) {
	return p, false
}

func (k kernel) count(*histogram, []uint16, []uint8) bool { return false }

func (k kernel) tables([]uint8, []uint16, *[SizeContexts]uint8) int { return 0 }

func (k kernel) classify(*BitWriter, []uint8, []byte, []byte, uint16) int { return 0 }

func (k kernel) declassify(*BitReader, []byte, []uint8, []byte, uint16) int { return 0 }

func (k kernel) readDelta(*Decoder, *BitReader, []byte, []uint8, []byte, uint16) int { return 0 }

func (k kernel) assemble(*BitReader, []byte, []uint8, []byte, []int8, uint16) int { return 0 }
