package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/dustin/go-humanize"
)

func writeMachine(w io.Writer, runs int) {
	fmt.Fprintf(w, "%s, %d cores, %s; %s/%s. Peers: %s. Median of %d runs (zstd -19: one).\n\n",
		cpuName(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, compressors(), runs)
}

// cpuName is the processor's model, where the system has a file that says so.
func cpuName() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(b)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// writePair prints the coders' table of one pair.
func writePair(w io.Writer, p paths, store storeResult, o options) error {
	in, err := load(p.base, p.tuned, o.sample)
	if err != nil {
		return err
	}
	ways := pairWays(len(in.file.data))
	results, err := measure(ways, in, o.runs)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "### %s\n\n%s, %.1f%% in tensors that are the same in the base.\n\n", p, sizeOf(in), percent(in.identical, in.bytes))
	tableHead(w)
	for i, way := range ways {
		tableRow(w, way.name, results[i], results[0], in)
	}
	if in.bytes < o.sample && store.size > 0 {
		fmt.Fprintf(w, "| **dits, the whole store** (packs) | %.3f | %.3f | %.2f | %s | | |\n",
			float64(store.tuned)/float64(results[0].bytes), bitsOf(store.tuned, in), percent(store.tuned, in.bytes), humanize.Comma(store.tuned))
	}
	fmt.Fprintln(w)
	return nil
}

// writeAlone prints the table of a base without a relative.
func writeAlone(w io.Writer, path string, o options) error {
	in, err := load("", path, o.sample)
	if err != nil {
		return err
	}
	ways := aloneWays(len(in.file.data))
	results, err := measure(ways, in, o.runs)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "### %s, alone\n\n%s.\n\n", shortName(path), sizeOf(in))
	tableHead(w)
	for i, way := range ways {
		tableRow(w, way.name, results[i], results[0], in)
	}
	fmt.Fprintln(w)
	return nil
}

func sizeOf(in *input) string {
	return fmt.Sprintf("%s weights, %.1f MB", humanize.Comma(in.elements), float64(in.bytes)/1e6)
}

func tableHead(w io.Writer) {
	fmt.Fprintln(w, "| | size ÷ dits | bits a weight | % of bytes | bytes | in MB/s (÷ dits) | out MB/s (÷ dits) |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|")
}

func tableRow(w io.Writer, name string, r, dits result, in *input) {
	fmt.Fprintf(w, "| %s | %.3f | %.3f | %.2f | %s | %.0f (%.2f) | %.0f (%.2f) |\n", name,
		float64(r.bytes)/float64(dits.bytes), bitsOf(r.bytes, in), percent(r.bytes, in.bytes), humanize.Comma(r.bytes),
		r.in/1e6, r.in/dits.in, r.out/1e6, r.out/dits.out)
}

func bitsOf(bytes int64, in *input) float64 { return 8 * float64(bytes) / float64(in.elements) }

func percent(part, whole int64) float64 { return 100 * float64(part) / float64(whole) }
