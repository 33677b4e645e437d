// Package cpu chooses the instructions that inner loops run in. A package with kernels finds the best [Level] of
// the machine once, with [Machine], and asks [Level.Use] at each call. Which instructions a kernel needs is known
// where the kernel is, from [X86]. GODEBUG hides some from programs: cpu.avx512f=off, cpu.avx2=off.
package cpu

import "golang.org/x/sys/cpu"

// A Level says how wide the instructions of a kernel are. The levels of an architecture follow one another, and
// whoever has one has those below; those of another architecture would start above Go too, NEON as 2.
type Level uint8

// Levels. The zero level is the best of the machine.
const (
	Best   Level = 0
	Go     Level = 1 // no kernel: the loop in Go
	AVX2   Level = 2
	AVX512 Level = 3
)

var names = []string{"best", "Go", "AVX2", "AVX-512"}

// String is the name of the instructions.
func (l Level) String() string { return names[l] }

// X86 has the extensions of this processor, none where it is another.
var X86 = cpu.X86

// Machine returns the best level of this machine, told of each level above Go, from the lowest, whether all that
// its kernels need is there.
func Machine(above ...bool) Level {
	l := Go
	for _, has := range above {
		if !has {
			break
		}
		l++
	}
	return l
}

// Use is the level to run where l is asked for and machine is the best.
func (l Level) Use(machine Level) Level {
	if l == Best {
		return machine
	}
	return min(l, machine)
}

// To lists the levels from l to the best of a machine.
func (l Level) To(machine Level) (all []Level) {
	for ; l <= machine; l++ {
		all = append(all, l)
	}
	return all
}
