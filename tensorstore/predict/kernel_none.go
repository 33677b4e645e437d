//go:build !cgo || !amd64

package predict

import (
	"dits/cpu"
	"dits/tensorstore/codec"
)

// machine is the best level here.
const machine = cpu.Go

// move does nothing without kernels in C.
func (k kernel) move([]byte, codec.Elem, *Factors, window) int64 { return 0 }

// subtract does nothing without kernels in C.
func (k kernel) subtract([]float32, []byte, []byte, codec.Elem) bool { return false }

// add does nothing without kernels in C.
func (k kernel) add([]float32, []float32, float32) bool { return false }

// energy does nothing without kernels in C.
func (k kernel) energy([]float32) (float64, bool) { return 0, false }

// multiply does nothing without kernels in C.
func (k kernel) multiply([]float32, strided, []float32, int, int) bool { return false }

// load does nothing without kernels in C.
func (k kernel) load([]float32, []byte, codec.Elem) int { return 0 }

// store does nothing without kernels in C.
func (k kernel) store([]byte, codec.Elem, []float32) (int, bool) { return 0, false }
