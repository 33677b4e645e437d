package predict

// A kernel says in which instructions the inner loops run. All predict the same bytes. The
// kernels in C are for amd64; each does the whole vectors of a row, and Go the rest.
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
