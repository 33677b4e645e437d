package ggml

import "dits/cpu"

// A kernel says in which instructions the searches run and quants are rounded. All give the same blocks. The
// kernels in C are for amd64.
type kernel cpu.Level

// kernelBest is the zero kernel: the best this machine has.
const kernelBest = kernel(cpu.Best)

// use is the level to run when k is asked for.
func (k kernel) use() cpu.Level { return cpu.Level(k).Use(machine) }
