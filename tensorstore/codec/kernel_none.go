//go:build !cgo || !amd64

package codec

import (
	"dits/cpu"
	"dits/tensorstore/codec/entropy"
)

// Without kernels in C all of these do nothing.

// machine is the best level here.
const machine = cpu.Go

func (k kernel) contexts([]uint16, *expectation, []byte, int, *scaleRule) int { return 0 }

func (k kernel) contextTables([]uint8, []uint16, *expectation, []byte, int, *scaleRule, *entropy.Decoder) int {
	return 0
}

func (k kernel) leanTables([]uint8, []uint16, []int8, *[entropy.MapLen]uint8) int { return 0 }

func (k kernel) meter(*rowSums, []float64, []float64, []byte, []byte) int { return 0 }
