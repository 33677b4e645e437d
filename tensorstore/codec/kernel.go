package codec

import "dits/cpu"

// A kernel says in which instructions the inner loops run. All give the same
// bytes, both ways. The kernels here are of contexts and meters, for elements of 2 bytes; each does the
// whole vectors of a block, and Go the rest and everything else. Those of symbols and raw bits are
// in package entropy, with the ones that put elements together in the same pass.
type kernel cpu.Level

// kernelBest is the zero kernel: the best this machine has.
const kernelBest = kernel(cpu.Best)

// use is the level to run when k is asked for.
func (k kernel) use() cpu.Level { return cpu.Level(k).Use(machine) }
