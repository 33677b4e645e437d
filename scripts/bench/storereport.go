package main

import (
	"fmt"
	"io"

	"github.com/dustin/go-humanize"
)

// promise is the memory that dits says it stays within, in bytes.
const promise = 512 << 20

// writeStores prints what the binary made of all pairs, and what it took for the
// largest of them.
func writeStores(w io.Writer, pairs []paths, results []storeResult) {
	fmt.Fprintf(w, "### The whole store\n\n")
	fmt.Fprintln(w, "What `dits add` and `dits commit` add to the packs, as % of the file; the catalog can be made again from them.")
	fmt.Fprintln(w)
	fmt.Fprintln(w, "| | MB | base: % | fine-tune: % | fine-tune: bytes | catalog: bytes |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|")
	largest := 0
	for i, p := range pairs {
		r := results[i]
		fmt.Fprintf(w, "| %s | %.1f | %.2f | %.2f | %s | %s |\n", p, float64(r.size)/1e6, percent(r.base, r.size),
			percent(r.tuned, r.size), humanize.Comma(r.tuned), humanize.Comma(r.catalog))
		if r.size > results[largest].size {
			largest = i
		}
	}
	fmt.Fprintln(w)
	writeUsage(w, pairs[largest], results[largest])
}

// writeUsage prints time and memory beside what copying and hashing the same file take.
func writeUsage(w io.Writer, p paths, r storeResult) {
	fmt.Fprintf(w, "### Time and memory: %s, %.1f MB\n\n", p, float64(r.size)/1e6)
	fmt.Fprintln(w, "| | time ÷ git lfs in | seconds | MB/s | processor seconds | MiB resident at most |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|")
	usageRow(w, "dits add, the base", r.addBase, r)
	usageRow(w, "dits add, the fine-tune", r.addTuned, r)
	usageRow(w, "dits add, unchanged", r.again, r)
	usageRow(w, "dits checkout, the base", r.outBase, r)
	usageRow(w, "dits checkout, the fine-tune", r.outTuned, r)
	usageRow(w, "copy (as cp)", r.floor.copied, r)
	usageRow(w, "read, BLAKE3 (as b3sum with one thread)", r.floor.hashed, r)
	usageRow(w, "read, SHA-256, write a copy (as git lfs in)", r.floor.sha, r)
	usageRow(w, "the same back (as git lfs out)", r.floor.shaBack, r)
	peak := max(r.addBase.peak, r.addTuned.peak, r.outBase.peak, r.outTuned.peak)
	fmt.Fprintf(w, "\nMemory of dits: %.0f MiB at most, %.0f%% of the %d MiB promised. dits calls fsync before it says done; the others here do not.\n\n",
		float64(peak)/(1<<20), percent(peak, promise), promise>>20)
}

func usageRow(w io.Writer, name string, u usage, r storeResult) {
	peak := "–"
	if u.peak > 0 {
		peak = fmt.Sprintf("%.0f", float64(u.peak)/(1<<20))
	}
	fmt.Fprintf(w, "| %s | %.2f | %.3f | %.0f | %.3f | %s |\n", name, u.wall.Seconds()/r.floor.sha.wall.Seconds(),
		u.wall.Seconds(), float64(r.size)/1e6/u.wall.Seconds(), u.cpu.Seconds(), peak)
}
