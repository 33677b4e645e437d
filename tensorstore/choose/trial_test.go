package choose

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/tensorstore/predict"
)

// A matrix that lies beside a quant is not what it was made with where the quantiser looks at none.
func TestImportanceOnlyWhereItIsUsed(t *testing.T) {
	for dtype, want := range map[string]int{"Q4_K": 1, "Q6_K": 1, "Q4_0": 1, "Q8_0": 0, "TQ2_0": 0} {
		k := Known{Importance: []predict.Importance{{Divisor: 1}}}
		k.DType = formats.DType(dtype)
		trial := NewTrial(nil, Options{Level: MaxLevel}, bytes.NewReader(nil), 0, k)
		require.Len(t, trial.importance, want, dtype)
	}
}
