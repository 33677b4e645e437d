package choose

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/tensorstore/codec"
	"dits/tensorstore/storetest"
)

// A slowStart is a reader whose first bytes come late.
type slowStart struct{ io.ReaderAt }

func (r slowStart) ReadAt(b []byte, off int64) (int, error) {
	if off == 0 {
		time.Sleep(50 * time.Millisecond)
	}
	return r.ReaderAt.ReadAt(b, off)
}

// TestScalesDoNotDependOnProcessors: nor on which of them is done first. Sums are compared to the last bit, which
// scales seldom show.
func TestScalesDoNotDependOnProcessors(t *testing.T) {
	const rows, width = 1601, 512
	h := Known{DType: "F64", Shape: []int64{rows, width}} // sums of BF16 are exact in any order
	r := rand.New(rand.NewPCG(1, 1))
	var base []byte
	for range rows * width {
		base = binary.LittleEndian.AppendUint64(base, math.Float64bits(r.NormFloat64()))
	}
	var want *codec.Meter
	for _, workers := range []int{1, 7} {
		tr := NewTrial(blobs{}, Options{Workers: workers}, slowStart{bytes.NewReader(base)}, int64(len(base)), h)
		got, err := tr.sums(context.Background(), alone(codec.F64).pred, codec.RowColScales, 0, rows)
		require.NoError(t, err)
		require.NotNil(t, got.Activity())
		if want == nil {
			want = got
		}
		require.Equal(t, want, got)
	}
}

// TestMeasuringIsCancelled: and says so, rather than that nothing can be measured.
func TestMeasuringIsCancelled(t *testing.T) {
	const rows, width = 4001, 512
	base := storetest.Weights(3, rows*width)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	tr := NewTrial(blobs{}, Options{Workers: 2}, bytes.NewReader(base), int64(len(base)), matrixOf(rows, width))
	_, err := tr.measure(ctx, alone(codec.BF16).pred, codec.RowColScales)
	require.ErrorIs(t, err, context.Canceled)
}
