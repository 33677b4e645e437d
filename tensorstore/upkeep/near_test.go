package upkeep

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/formats/ggml"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
)

// members are versions of one tensor of so many bytes, each with a few of them changed.
func members(n, size int) [][]byte {
	rng := rand.New(rand.NewPCG(1, uint64(size)))
	base := make([]byte, size)
	for i := 0; i+8 <= size; i += 8 {
		binary.LittleEndian.PutUint64(base[i:], rng.Uint64())
	}
	var all [][]byte
	for range n {
		b := append([]byte(nil), base...)
		for range 4 {
			b[rng.IntN(size)] ^= 1
		}
		all = append(all, b)
	}
	return all
}

// A family too large for each member to be tried against each is told apart by outlines, whatever its dtype.
func TestRepackOfALargeFamilyOfAnyType(t *testing.T) {
	sizes := map[formats.DType]int{"BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "F8_E4M3FNUZ": 1, "F8_E5M2FNUZ": 1,
		"F8_E8M0": 1, "I16": 2, "U16": 2, "BF16": 2, "F16": 2, "I32": 4, "U32": 4, "F32": 4, "F64": 8, "I64": 8, "U64": 8, "C64": 8, "another": 1}
	for dtype, size := range sizes {
		requireLargeFamily(t, choose.Known{DType: dtype, Shape: []int64{4, 16}}, 4*16*size)
	}
	for _, typ := range ggml.Types() {
		elems := typ.BlockElems()
		if elems > 1 {
			requireLargeFamily(t, choose.Known{DType: formats.DType(typ.String()), Shape: []int64{2, elems}}, 2*int(typ.BlockBytes()))
		}
	}
}

func requireLargeFamily(t *testing.T, known choose.Known, size int) {
	t.Helper()
	s, _ := open(t, repackOptions)
	blobs := members(wholeFamily+1, size)
	putAll(t, s, known, blobs...)
	var family []Tensor
	for _, b := range blobs {
		family = append(family, Tensor{digest.Sum(b), known})
	}
	require.NotPanics(t, func() { repack(t, s, Options{}, [][]Tensor{family}) }, known.DType)
	for _, b := range blobs {
		requireBlob(t, s, b)
	}
}
