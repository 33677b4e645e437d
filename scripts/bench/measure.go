package main

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// A coder codes one piece. It may keep buffers and is used by one goroutine.
type coder interface {
	// encode appends the encoding of p.data to dst.
	encode(dst []byte, p piece) ([]byte, error)
	// decode fills dst, as long as the data was, from enc; p is without data.
	decode(dst, enc []byte, p piece) error
}

// A preparer is a coder that takes in the base before the clock starts.
type preparer interface{ prepare(base []byte) error }

// A way is a coder with its name in a table.
type way struct {
	name  string
	coder coder
	file  bool // codes the file, not tensors
	slow  bool // is measured once
}

// A result is what a way made of an input.
type result struct {
	bytes    int64   // encoded
	in       float64 // bytes of content by second of processor time
	out      float64
	encodes  []time.Duration
	decodes  []time.Duration
	measured int64 // bytes that were coded in each run
}

// measure runs each way over the input on one core, in turns, and checks that what
// comes back is what went in.
func measure(ways []way, in *input, runs int) ([]result, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	out := make([]result, len(ways))
	for run := range runs {
		for i, w := range ways {
			if w.slow && run > 0 {
				continue
			}
			if err := out[i].once(w, in); err != nil {
				return nil, fmt.Errorf("%s: %w", w.name, err)
			}
		}
	}
	for i := range out {
		out[i].in = speed(out[i].measured, out[i].encodes)
		out[i].out = speed(out[i].measured, out[i].decodes)
	}
	return out, nil
}

// once is one run of one way.
func (r *result) once(w way, in *input) error {
	pieces := in.tensors
	if w.file {
		pieces = []piece{in.file}
	}
	if p, ok := w.coder.(preparer); ok {
		if err := p.prepare(pieces[0].base); err != nil {
			return err
		}
	}
	r.bytes, r.measured = 0, 0
	encoded := make([][]byte, len(pieces))
	runtime.GC()
	start := cpuTime()
	for i, p := range pieces {
		var err error
		if encoded[i], err = w.coder.encode(nil, p); err != nil {
			return err
		}
		r.bytes += int64(len(encoded[i]))
		r.measured += int64(len(p.data))
	}
	r.encodes = append(r.encodes, cpuTime()-start)
	var took time.Duration
	for i, p := range pieces {
		d, err := decodeOnce(w.coder, encoded[i], p)
		if err != nil {
			return fmt.Errorf("piece %d: %w", i, err)
		}
		took += d
	}
	r.decodes = append(r.decodes, took)
	return nil
}

// decodeOnce times one decoding into memory that is there already, and compares.
func decodeOnce(c coder, enc []byte, p piece) (time.Duration, error) {
	dst, want := make([]byte, len(p.data)), p.data
	for i := range dst {
		dst[i] = ^want[i]
	}
	p.data = nil
	start := cpuTime()
	err := c.decode(dst, enc, p)
	took := cpuTime() - start
	if err == nil && !bytes.Equal(dst, want) {
		err = fmt.Errorf("decoded to other bytes: not lossless")
	}
	return took, err
}

// speed is bytes a second in the median of times; 0 when nothing was measured.
func speed(bytes int64, times []time.Duration) float64 {
	m := median(times)
	if bytes == 0 || m <= 0 {
		return 0
	}
	return float64(bytes) / m.Seconds()
}

// median is the lower one of two middle times; 0 of none.
func median(times []time.Duration) time.Duration {
	if len(times) == 0 {
		return 0
	}
	s := slices.Clone(times)
	slices.Sort(s)
	return s[(len(s)-1)/2]
}
