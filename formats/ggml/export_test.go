package ggml

// Kernels are those in C that this machine has.
func Kernels() (names []string) {
	for k := kernelAVX2; k <= machine; k++ {
		names = append(names, kernelNames[k])
	}
	return names
}

var kernelNames = map[kernel]string{kernelGo: "Go", kernelAVX2: "AVX2", kernelAVX512: "AVX-512"}

func kernelOf(name string) kernel {
	for k, n := range kernelNames {
		if n == name {
			return k
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
