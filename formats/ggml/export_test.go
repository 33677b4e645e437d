package ggml

import "dits/cpu"

// Kernels are those in C that this machine has.
func Kernels() (names []string) {
	for _, l := range cpu.AVX2.To(machine) {
		names = append(names, l.String())
	}
	return names
}

func kernelOf(name string) kernel {
	for _, l := range cpu.Go.To(machine) {
		if l.String() == name {
			return kernel(l)
		}
	}
	panic(name)
}

// With returns q run by a kernel of [Kernels], or by Go.
func (q Quantiser) With(name string) *Quantiser {
	q.kernel = kernelOf(name)
	return &q
}

// RoundWith is Round by a kernel.
func (t Type) RoundWith(name string, dst []byte, src []float32) error {
	return t.roundBy(kernelOf(name), dst, src)
}
