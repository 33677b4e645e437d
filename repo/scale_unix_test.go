//go:build unix

package repo

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
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

// tinyModel is a file of 25 tensors of 8 bytes, of its own but for those that all files share.
func tinyModel(file, shared int) string {
	var list []testTensor
	for k := range 25 {
		number := file*25 + k
		if k < shared {
			number = 1<<40 + k
		}
		list = append(list, testTensor{Name: fmt.Sprintf("l.%d.w", k), DType: "U8", Shape: []int64{8}, Data: binary.LittleEndian.AppendUint64(nil, uint64(number))})
	}
	return tensorsFile(fmt.Sprint(file), list...)
}

// Many files in one commit, of which each has tensors of the others.
func TestLineageOfManyFilesIsLinear(t *testing.T) {
	requireLinear(t, 60, func(n int) func() {
		f := newFixture(t)
		for i := range n {
			f.put(fmt.Sprintf("m%05d.safetensors", i), tinyModel(i, 20))
		}
		require.NoError(t, f.Add(context.Background(), nil, AddOptions{All: true, Level: choose.FastLevel}))
		f.commit("all")
		return func() { f.lineage(lineage.Options{}) }
	})
}

// smallModel is a fine-tune of a family, of so many tensors of 256 weights.
func smallModel(file, tensors int) string {
	var list []testTensor
	for k := range tensors {
		base, own := rand.New(rand.NewPCG(uint64(k), 0)), rand.New(rand.NewPCG(uint64(k), uint64(file+1)))
		b := make([]byte, 0, 512)
		for range 256 {
			v := float32(base.NormFloat64()*0.02 + own.NormFloat64()*1e-4)
			b = binary.LittleEndian.AppendUint16(b, uint16(math.Float32bits(v)>>16))
		}
		list = append(list, testTensor{Name: fmt.Sprintf("model.layers.%d.mlp.x%d.weight", k/10, k%10), DType: "BF16", Shape: []int64{16, 16}, Data: b})
	}
	return tensorsFile("", list...)
}

// addModels adds files of a family from one number up to another, some at a time: what is added in one call may be too
// little for a pack that the next file could be made of.
func (f *fixture) addModels(from, to, tensors int) {
	for at := from; at < to; at += 10 {
		for i := at; i < min(at+10, to); i++ {
			f.put(fmt.Sprintf("m%05d.safetensors", i), smallModel(i, tensors))
		}
		require.NoError(f.t, f.Add(context.Background(), nil, AddOptions{All: true}))
	}
}

// asked counts what a call asks the catalog.
func (f *fixture) asked(call func()) (n int) {
	var mu sync.Mutex
	f.Catalog.Trace = func(string) {
		mu.Lock()
		defer mu.Unlock()
		n++
	}
	defer func() { f.Catalog.Trace = nil }()
	call()
	return n
}

// Many files of small tensors are added and repacked with few questions for each tensor, however many there are.
func TestQuestionsForEachTensor(t *testing.T) {
	const few, many, tensors = 50, 100, 20
	f := newFixture(t)
	f.addModels(0, few-10, tensors)
	first := f.asked(func() { f.addModels(few-10, few, tensors) })
	f.addModels(few, many-10, tensors)
	last := f.asked(func() { f.addModels(many-10, many, tensors) })
	repack := f.asked(func() { f.repack(RepackOptions{}) })
	t.Logf("%d and %d for %d tensors, repack %d for %d", first, last, 10*tensors, repack, many*tensors)
	require.Less(t, last, 14*10*tensors)
	require.Less(t, last, first*5/4)
	require.Less(t, repack, 8*many*tensors)
}

// As many files more take as much time more.
func TestAddOfManyFilesIsLinear(t *testing.T) {
	requireLinear(t, 10, func(n int) func() {
		f := newFixture(t)
		f.addModels(0, 24, 3) // so many are relatives of those that follow
		added := 24
		return func() {
			f.addModels(added, added+n, 3)
			added += n
		}
	})
}

// A family of many files is repacked in time that grows as they do.
func TestRepackOfManyFilesIsLinear(t *testing.T) {
	requireLinear(t, 20, func(n int) func() {
		f := newFixture(t)
		f.addModels(0, n, 2)
		return func() { f.repack(RepackOptions{DryRun: true}) }
	})
}
