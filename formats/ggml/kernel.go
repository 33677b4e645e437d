package ggml

// A kernel says in which instructions the searches run and quants are rounded. All give the same blocks. The
// kernels in C are for amd64.
type kernel uint8

// Kernels. The zero kernel is the best this machine has.
const (
	kernelBest   kernel = 0
	kernelGo     kernel = 1
	kernelAVX2   kernel = 2
	kernelAVX512 kernel = 3
)

// machine is the best kernel that this machine has.
var machine = detectKernel()

// use is the kernel to run when k is asked for.
func (k kernel) use() kernel {
	if k == kernelBest {
		return machine
	}
	return min(k, machine)
}
