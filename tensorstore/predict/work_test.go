package predict

import (
	"testing"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/codec"
)

// TestWork: what takes long to predict is said to, nested or not; the rest takes nothing.
func TestWork(t *testing.T) {
	tall := &Scaling{Rows: 1 << 20, Columns: 1 << 10, TileRows: 1 << 13, TileCols: 1 << 10, Largest: 127, Scale: codec.F32}
	scales := &Prediction{Kind: Scales, Elem: codec.F32, From: codec.F32, Elements: tall.Count(), By: tall}
	scaled := &Prediction{Kind: Scaled, Elem: codec.I8, From: codec.F32, Elements: 1 << 30, By: tall}
	merged := &Prediction{Kind: Merged, Elem: codec.F32, From: codec.F32, Elements: 1 << 20, Width: 1 << 10, By: &Merge{Rank: 1 << 10}}
	for name, c := range map[string]struct {
		p    *Prediction
		n    int64
		want int64
	}{
		"relative":             {samples()["relative"], 1 << 20, 0},
		"quantised":            {samples()["quantised"], 1 << 20, 32 << 20},
		"scaled":               {scaled, 1, 2 << 23},
		"scales":               {scales, 4 * 100, 102 << 23},
		"scales of scales":     {&Prediction{Kind: Scales, Elem: codec.F32, From: codec.F32, By: tall, Of: scales}, 4, maxNumbered},
		"merged":               {merged, 4, 1<<20 + 32},
		"a cast of an adapter": {&Prediction{Kind: Cast, Elem: codec.BF16, From: codec.F32, Of: merged}, 2 << 20, 65<<20 + 1<<20 + 32<<20},
	} {
		require.Equal(t, c.want, c.p.Work(c.n), name)
	}
}
