//go:build !cgo || !amd64

package ggml

import "dits/cpu"

// machine is the best level here.
const machine = cpu.Go

// affine does nothing without kernels in C.
func (k kernel) affine(*affineSearch, weighing, []float32, []float32, *superScratch, []uint64, bool) {
}

// symmetric does nothing without kernels in C.
func (k kernel) symmetric(int32, []float32, []float32, *superScratch, []uint64, bool) {}

// refine does nothing without kernels in C.
func (k kernel) refine([]float32, *superScratch) {}

// importance does nothing without kernels in C.
func (k kernel) importance(dst, w, x []float32, factor float32) {}

// roundSuper does nothing without kernels in C.
func (k kernel) roundSuper(Type, []byte, []float32, []uint8) bool { return false }

// plainRun does nothing without kernels in C.
func (k kernel) plainRun(Type, []byte, []float32, bool) int { return 0 }

// hasNaN does nothing without kernels in C.
func (k kernel) hasNaN([]float32) (has bool, n int) { return false, 0 }
