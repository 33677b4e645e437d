// Command sweep measures chunk lengths for package cdc: what they cost where
// content is new, and what they save where it changes a little. It prints the
// tables of docs/benchmarks.md:
//
//	go run ./scripts/sweep [--corpus DIR] [--size MiB]
//
// The corpus (any folder with .safetensors and .gguf files below it) is read into
// memory, each distinct tensor once; the rest is made from a fixed seed. Speeds
// are of one core and vary; all other figures are the same on every run.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"dits/cdc"
)

func main() {
	corpus := flag.String("corpus", "", "folder of model files; none: made data only")
	size := flag.Int("size", 32, "length of the made matrices, MiB")
	flag.Parse()
	if err := run(os.Stdout, *corpus, *size<<20); err != nil {
		fmt.Fprintln(os.Stderr, "sweep:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, corpus string, size int) error {
	if size < 4<<20 {
		return fmt.Errorf("size: got %d bytes, want at least 4 MiB", size)
	}
	blobs, err := load(corpus)
	if err != nil {
		return err
	}
	vocab := weights(size)
	quants := blocks(size)
	if err := writeLengths(w, blobs, vocab, quants); err != nil {
		return err
	}
	writeRules(w, vocab)
	return writeHeaders(w, blobs)
}

// grid is every combination of lengths that is measured.
func grid() (out []cdc.Params) {
	for _, avg := range []int{64 << 10, 128 << 10, 256 << 10, 512 << 10, 1 << 20} {
		out = append(out,
			cdc.Params{Min: avg / 4, Avg: avg, Max: 4 * avg},
			cdc.Params{Min: avg / 2, Avg: avg, Max: avg + avg/2},
			cdc.Params{Min: avg / 2, Avg: avg, Max: 2 * avg},
			cdc.Params{Min: avg / 2, Avg: avg, Max: 4 * avg},
			cdc.Params{Min: avg / 4 * 3, Avg: avg, Max: 2 * avg},
		)
	}
	return out
}
