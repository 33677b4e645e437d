package tensorstore

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/choose"
)

// upcast is BF16 numbers as F32.
func upcast(b []byte) []byte {
	out := make([]byte, 2*len(b))
	for i := 0; i < len(b); i += 2 {
		binary.LittleEndian.PutUint16(out[2*i+2:], binary.LittleEndian.Uint16(b[i:]))
	}
	return out
}

// A fine-tune in F32 that has no more than BF16 in it costs what it costs in BF16, and so
// does one whose base is kept in the other type.
func TestUpcastPairs(t *testing.T) {
	for name, c := range map[string]struct{ base, ft []byte }{
		"small changes": {weights(1, 700*500), tuned(2, weights(1, 700*500))},
		"alike":         {weights(1, 700*500), append(tuned(2, weights(1, 7*500)), weights(1, 700*500)[2*7*500:]...)},
	} {
		t.Run(name, func(t *testing.T) {
			short, long := matrix(700, 500), choose.Known{DType: "F32", Shape: []int64{700, 500}}
			want := costAgainst(t, c.base, short, c.ft, short)
			for what, got := range map[string]int64{
				"F32 against F32":  costAgainst(t, upcast(c.base), long, upcast(c.ft), long),
				"F32 against BF16": costAgainst(t, c.base, short, upcast(c.ft), long),
				"BF16 against F32": costAgainst(t, upcast(c.base), long, c.ft, short),
			} {
				t.Logf("%s: %d bytes, in BF16 %d", what, got, want)
				require.InEpsilon(t, want, got, 0.02, what)
			}
		})
	}
}

// TestUpcastFigure is the same on real weights.
func TestUpcastFigure(t *testing.T) {
	const name = "model.layers.3.mlp.up_proj.weight"
	base, short := readModel(t, "base").tensor(t, name)
	ft, _ := readModel(t, "ft-py-1e4").tensor(t, name)
	long := choose.Known{DType: "F32", Shape: short.Shape}
	want := costAgainst(t, base, short, ft, short)
	got := costAgainst(t, upcast(base), long, upcast(ft), long)
	t.Logf("%d bytes, in BF16 %d", got, want)
	require.InEpsilon(t, want, got, 0.02)
}

// costAgainst is what storing b takes in a store that holds base.
func costAgainst(t *testing.T, base []byte, baseKnown choose.Known, b []byte, h choose.Known) int64 {
	t.Helper()
	s, _ := open(t, Options{})
	putAll(t, s, baseKnown, base)
	h.Relatives = against(baseKnown, base).Relatives
	p := putAll(t, s, h, b)[0]
	require.False(t, p.Source.IsZero())
	s.chunks.Purge()
	requireBlob(t, s, b)
	return p.Stored
}
