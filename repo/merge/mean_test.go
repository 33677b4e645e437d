package merge

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats/ggml"
)

func TestMeanOfTwo(t *testing.T) {
	huge, inf := float32(math.MaxFloat32), float32(math.Inf(1))
	for _, c := range [][3]float32{{1, 2, 1.5}, {-1, 1, 0}, {huge, huge, huge}, {huge, -huge, 0}, {huge, huge / 2, huge/2 + huge/4}, {inf, 1, inf}, {-inf, -huge, -inf}} {
		require.Equal(t, c[2], meanOfTwo(c[0], c[1]), c)
	}
	nan := math.Float32frombits(0xffc12345)
	for _, c := range [][2]float32{{nan, 1}, {1, nan}, {inf, -inf}} {
		require.Equal(t, uint32(0x7fc00000), math.Float32bits(meanOfTwo(c[0], c[1])), c)
	}
}

// A mean is the same wherever reading begins and ends.
func TestMeanReader(t *testing.T) {
	const n = meanBytes/2 + 1000
	var a, b, want []byte
	for i := range n {
		x, y := float32(i%977), float32(i%1013)
		a = binary.LittleEndian.AppendUint16(a, uint16(math.Float32bits(x)>>16))
		b = binary.LittleEndian.AppendUint16(b, uint16(math.Float32bits(y)>>16))
		u, v := math.Float32frombits(math.Float32bits(x)&0xffff0000), math.Float32frombits(math.Float32bits(y)&0xffff0000)
		w := math.Float32bits((u + v) / 2)
		want = binary.LittleEndian.AppendUint16(want, uint16((w+0x7fff+w>>16&1)>>16))
	}
	m := &meanReader{a: bytes.NewReader(a), b: bytes.NewReader(b), kind: ggml.BF16, size: int64(len(a))}
	for _, r := range [][2]int{{0, len(a)}, {1, 2}, {3, 3}, {7, meanBytes + 100}, {meanBytes - 1, meanBytes + 1}, {len(a) - 1, len(a)}} {
		got := make([]byte, r[1]-r[0])
		k, err := m.ReadAt(got, int64(r[0]))
		require.NoError(t, err)
		require.Equal(t, len(got), k)
		require.True(t, bytes.Equal(want[r[0]:r[1]], got), "%v", r)
	}
	k, err := m.ReadAt(make([]byte, 10), int64(len(a)-4))
	require.Equal(t, 4, k)
	require.Equal(t, io.EOF, err)
	m.b = bytes.NewReader(b[:10])
	_, err = m.ReadAt(make([]byte, 20), 0)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}
