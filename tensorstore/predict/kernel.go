package predict

import "dits/cpu"

// A kernel says in which instructions the inner loops run. All predict the same bytes. The
// kernels in C are for amd64; each does the whole vectors of a row, and Go the rest.
type kernel cpu.Level

// kernelBest is the zero kernel: the best this machine has.
const kernelBest = kernel(cpu.Best)

// use is the level to run when k is asked for.
func (k kernel) use() cpu.Level { return cpu.Level(k).Use(machine) }
