package main

import (
	"fmt"
	"io"
)

// writePaths prints the codec's speed beside TensorDex-TX on each code path.
func writePaths(w io.Writer, pairs []paths, o options) error {
	fmt.Fprintf(w, "### Instructions\n\nThe codec beside TensorDex-TX (C zstd -1) in one process, in turns; MB by second of processor time, and how many times TX.\n\n")
	fmt.Fprintln(w, "| | | in: MB/s | TX | ÷ TX (wanted) | out: MB/s | TX | ÷ TX (wanted) |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|")
	for _, p := range pairs {
		for _, c := range codePaths() {
			r, err := c.run(p, o)
			if err != nil {
				return fmt.Errorf("%s: %w", p, err)
			}
			fmt.Fprintf(w, "| %s | %s | %.0f | %.0f | %s | %.0f | %.0f | %s |\n", p, c.name, r.DitsIn/1e6, r.TXIn/1e6, wanted(r.DitsIn/r.TXIn, c.in),
				r.DitsOut/1e6, r.TXOut/1e6, wanted(r.DitsOut/r.TXOut, c.out))
		}
	}
	fmt.Fprintln(w)
	return nil
}

// wanted prints a figure beside what it should be at least, in bold when it is less.
func wanted(got, want float64) string {
	if got < want {
		return fmt.Sprintf("**%.2f** (%.1f)", got, want)
	}
	return fmt.Sprintf("%.2f (%.1f)", got, want)
}
