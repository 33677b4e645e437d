package main

import (
	"math"
	"time"

	"dits/tensorstore/digest"
)

// A cutter returns the length of the first chunk of what is left of a blob.
type cutter func(data []byte) int

// lengths cuts all of data.
func lengths(cut cutter, data []byte) (out []int) {
	for len(data) > 0 {
		n := cut(data)
		out = append(out, n)
		data = data[n:]
	}
	return out
}

// A known set holds the chunks that a store has.
type known map[digest.ID]bool

// add cuts data, adds its chunks to k, and returns how many were new and their bytes.
func (k known) add(cut cutter, data []byte) (chunks, size int) {
	for _, n := range lengths(cut, data) {
		if id := digest.Sum(data[:n]); !k[id] {
			k[id] = true
			chunks, size = chunks+1, size+n
		}
		data = data[n:]
	}
	return chunks, size
}

// missing is the bytes of data in chunks that k does not have.
func (k known) missing(cut cutter, data []byte) (size int) {
	for _, n := range lengths(cut, data) {
		if !k[digest.Sum(data[:n])] {
			size += n
		}
		data = data[n:]
	}
	return size
}

// A growth says what changes of some rows cost.
type growth struct {
	mean, worst float64 // bytes stored again for one change, what it adds not counted
}

func measureGrowth(cut cutter, b blob) (g growth) {
	k := known{}
	k.add(cut, b.data)
	count := 0.0
	eachGrowth(b, func(e edit) {
		again := float64(k.missing(cut, e.data) - e.added)
		g.mean += again
		g.worst = max(g.worst, again)
		count++
	})
	g.mean /= count
	return g
}

// scattered is the bytes stored for each of n edited weights.
func scattered(cut cutter, b blob, n int) float64 {
	k := known{}
	k.add(cut, b.data)
	return float64(k.missing(cut, scatter(b, n).data)) / float64(n)
}

// spread returns mean and standard deviation of chunk lengths.
func spread(ns []int) (mean, deviation float64) {
	var sum, squares float64
	for _, n := range ns {
		sum += float64(n)
		squares += float64(n) * float64(n)
	}
	mean = sum / float64(len(ns))
	return mean, math.Sqrt(squares/float64(len(ns)) - mean*mean)
}

// speed is bytes a second of cutting the first 16 MiB of data, the best of many
// short runs, so that other work on the machine shows little.
func speed(cut cutter, data []byte) (best float64) {
	data = data[:min(len(data), 16*mib)]
	for range 40 {
		start := time.Now()
		lengths(cut, data)
		best = max(best, float64(len(data))/time.Since(start).Seconds())
	}
	return best
}
