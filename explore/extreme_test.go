package explore

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

// Values whose squares, or differences, no float holds have answers all the same.
func TestExtremeValues(t *testing.T) {
	const rows, columns = 4, 8
	matrix := func(value func(i int) float64) (b []byte) {
		for i := range rows * columns {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(value(i)))
		}
		return b
	}
	header := fmt.Sprintf(`{"w":{"dtype":"F64","shape":[%d,%d],"data_offsets":[0,%d]}}`, rows, columns, 8*rows*columns)
	random := noise(7, 16*rows*columns)
	bits := func(i int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(random[8*i:])) }
	sign := func(i int) float64 { return float64(1 - 2*(i%2)) }
	f := newFixture(t)
	for path, values := range map[string][2]func(int) float64{
		"large":  {func(i int) float64 { return 1e308 }, func(i int) float64 { return 1e308 + 1e306*float64(i) }},
		"far":    {func(i int) float64 { return 1.7e308 * sign(i) }, func(i int) float64 { return -1.7e308 * sign(i) }},
		"random": {bits, func(i int) float64 { return bits(rows*columns + i) }},
	} {
		for side, value := range values {
			f.write(fmt.Sprintf("%s-%d.safetensors", path, side), safetensors(header, matrix(value)))
		}
	}
	f.commit("extremes")
	e := explorerOf(f)
	for _, path := range []string{"large", "far", "random"} {
		about := url.Values{"from": {"main"}, "to": {"main"}, "name": {"w"},
			"from_path": {path + "-0.safetensors"}, "to_path": {path + "-1.safetensors"}}
		page := ask[TensorPage](t, e, "tensor", about)
		for _, s := range []*Spread{page.Before, page.After, page.Change} {
			require.Less(t, s.Low, s.High, path)
			require.False(t, math.IsInf(float64(s.High-s.Low), 0), path)
			require.EqualValues(t, rows*columns, s.Count+s.NotANum, path)
		}
		ask[Ranks](t, e, "rank", about)
		ask[Layers](t, e, "layers", about)
	}
}

// Limits of the largest values differ, and there is a number for how far they are apart.
func TestFarthestLimits(t *testing.T) {
	for _, values := range [][]float64{{math.MaxFloat64}, {-math.MaxFloat64}, {-math.MaxFloat64, math.MaxFloat64}, {1e308}} {
		low, high := limitsOf(append([]float64{}, values...))
		require.Less(t, low, high, "%v", values)
		require.False(t, math.IsInf(high-low, 0), "%v", values)
	}
}
