package main

import (
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/stretchr/testify/require"
)

// Each pass has its own clock and rate; the time left is that of all of them.
func TestMeter(t *testing.T) {
	var m meter
	m.Start("hashing", 3<<30)
	m.Start("storing", 4<<30)
	m.Skip("storing", 1<<30)
	m.Turn("hashing", "a.safetensors")
	m.Add(1 << 30)
	start := m.passes[0].since
	require.Equal(t, "1.0 GiB of 3.0 GiB", m.reading(start.Add(time.Second/2)).words(), "too early to tell")
	r := m.reading(start.Add(2 * time.Second))
	require.Equal(t, "1.0 GiB of 3.0 GiB, 512 MiB/s, 4s left", r.words())
	require.Equal(t, "28%", r.percent(), "of all passes, with what was skipped")

	m.Turn("storing", "a.safetensors")
	m.passes[0].spent, m.passes[1].since = 2*time.Second, start
	require.Equal(t, "0 B of 3.0 GiB", m.reading(start.Add(time.Second)).words())
	m.Add(1 << 30)
	r = m.reading(start.Add(20 * time.Second))
	require.Equal(t, "1.0 GiB of 3.0 GiB, 51 MiB/s, 44s left", r.words())
	m.Add(5 << 30)
	require.Equal(t, "6.0 GiB of 3.0 GiB, 307 MiB/s, 4s left", m.reading(start.Add(20*time.Second)).words())
}

// Where it is not known how much there is, nothing says "0 B of 0 B", and there is no bar.
func TestMeterWithoutATotal(t *testing.T) {
	var m meter
	m.Start("looking", 0)
	left, right, bar := m.reading(time.Now()).fit(80)
	require.Equal(t, []any{"looking", "", 0}, []any{left, right, bar})
	m.Add(3 << 20)
	left, right, bar = m.reading(time.Now()).fit(80)
	require.Equal(t, []any{"looking", "3.0 MiB", 0}, []any{left, right, bar})

	m = meter{}
	m.Start("hashing", 1<<20)
	m.Start("storing", 1<<20)
	m.Add(1 << 20)
	m.Skip("storing", 1<<20)
	m.Turn("storing", "a.safetensors")
	left, right, bar = m.reading(time.Now()).fit(80)
	require.Equal(t, "storing a.safetensors", left)
	require.Equal(t, "100%", right)
	require.Equal(t, mostBar, bar)
}

func TestTimeLeft(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 16600 * time.Millisecond: "17s", 200 * time.Second: "3m20s", 65*time.Minute + 9*time.Second: "1h5m",
		2 * time.Hour: "2h0m",
	} {
		require.Equal(t, want, timeLeft(d))
	}
}

func TestALineOfProgressFits(t *testing.T) {
	r := reading{pass: "hashing", done: 412 << 20, total: 500 << 20, rate: 700 << 20, left: 17 * time.Second, barDone: 1, barTotal: 2}
	line := func(width int, file string) string {
		r.file = file
		left, right, bar := r.fit(width)
		if bar > 0 {
			right = strings.Repeat("=", bar) + " " + right
		}
		return left + " " + right
	}
	for width, want := range map[int]string{
		100: "hashing model.safetensors " + strings.Repeat("=", 32) + " 412 MiB of 500 MiB, 700 MiB/s, 17s left",
		80:  "hashing model.safetensors ============== 412 MiB of 500 MiB, 700 MiB/s, 17s left",
		70:  "hashing model.safetensors =================== 50%, 700 MiB/s, 17s left",
		50:  "hashing model.safetensors 50%, 700 MiB/s, 17s left",
		46:  "hashing ….safetensors 50%, 700 MiB/s, 17s left",
		30:  "hashing model.safetensors 50%",
		14:  "hashing 50%",
		8:   "hash 50%",
	} {
		require.Equal(t, want, line(width, "model.safetensors"), width)
	}
	require.Equal(t, "hashing sub/model-00003-of-00029.safetensors 50%, 700 MiB/s, 17s left",
		line(72, "sub/model-00003-of-00029.safetensors"))
	for _, file := range []string{"", "model.safetensors", strings.Repeat("folder/", 20) + "f", strings.Repeat("模型", 30)} {
		for width := 4; width < 200; width++ {
			require.LessOrEqual(t, runewidth.StringWidth(line(width, file)), width, "%d %s", width, file)
		}
	}
}
