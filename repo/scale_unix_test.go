//go:build unix

package repo

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo/lineage"
	"dits/tensorstore/choose"
)

// processorTime is what this process has taken of the processor: other processes do not count.
func processorTime(t *testing.T) time.Duration {
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// requireLinear wants what build gives for 8n to take no more than 16 times what it takes for n: the square of n would
// take 64 times as long.
func requireLinear(t *testing.T, n int, build func(n int) (run func())) {
	t.Helper()
	if underRace || testing.Short() {
		t.Skip("figures of time are checked without the race detector, and take a while")
	}
	least := func(n int) time.Duration {
		run := build(n)
		run()
		least := time.Hour
		for range 3 {
			runtime.GC()
			start := processorTime(t)
			run()
			least = min(least, processorTime(t)-start)
		}
		return least
	}
	one, eight := least(n), least(8*n)
	t.Logf("%d in %v, %d in %v: %.1f times", n, one, 8*n, eight, float64(eight)/float64(one))
	require.Less(t, float64(eight), 16*float64(max(one, time.Millisecond)))
}

// tinyModel is a file of a hundred tensors of 8 bytes, of its own but for those that some files share.
func tinyModel(file, shared int) string {
	var list []testTensor
	for k := range 100 {
		number := file*100 + k
		if k < shared {
			number = 1<<40 + k
		}
		list = append(list, testTensor{Name: fmt.Sprintf("l.%d.w", k), DType: "U8", Shape: []int64{8}, Data: binary.LittleEndian.AppendUint64(nil, uint64(number))})
	}
	return tensorsFile(fmt.Sprint(file), list...)
}

// Many files in one commit, of which each has tensors of the others.
func TestLineageOfManyFilesIsLinear(t *testing.T) {
	requireLinear(t, 20, func(n int) func() {
		f := newFixture(t)
		for i := range n {
			f.put(fmt.Sprintf("m%05d.safetensors", i), tinyModel(i, 20))
		}
		require.NoError(t, f.Add(context.Background(), nil, AddOptions{All: true, Level: choose.FastLevel}))
		f.commit("all")
		return func() { f.lineage(lineage.Options{}) }
	})
}
