package main

import (
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/dustin/go-humanize"
)

// write prints the tables of a ladder.
func (r ladderResult) write(w io.Writer) {
	last := r.sources[len(r.sources)-1]
	fmt.Fprintf(w, "### Ladder of %s, %.1f MB, %d threads\n\n", filepath.Base(last.path), float64(last.size)/1e6, r.threads)
	r.writeSizes(w)
	r.writeSpeeds(w)
}

// writeSizes prints what the packs grew by.
func (r ladderResult) writeSizes(w io.Writer) {
	fmt.Fprintln(w, "Stored: what the packs grow by, % of the file; each quant alone in a store with the sources.")
	fmt.Fprintln(w)
	fmt.Fprintln(w, "| | bytes | fast: % | default: % | max: % | default: bytes |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|")
	var all int64
	for _, g := range r.sources {
		g.writeSize(w, " (source)")
	}
	for _, g := range r.quants {
		all += g.size
		g.writeSize(w, "")
	}
	sum := rung{path: "**all quants in one store**", size: all, stored: r.whole}
	sum.writeSize(w, "")
	fmt.Fprintln(w)
}

func (g rung) writeSize(w io.Writer, note string) {
	fmt.Fprintf(w, "| %s%s | %s |", filepath.Base(g.path), note, humanize.Comma(g.size))
	for _, level := range levels {
		fmt.Fprintf(w, " %.3f |", percent(g.stored[level], g.size))
	}
	fmt.Fprintf(w, " %s |\n", humanize.Comma(g.stored["default"]))
}

// writeSpeeds prints how long quants take back beside the quantiser.
func (r ladderResult) writeSpeeds(w io.Writer) {
	fmt.Fprintln(w, "Back: `dits checkout` of the quant alone, by the clock and (÷) how many times as long the real quantiser needs to make it,")
	fmt.Fprintln(w, "by the clock / of processor time. MiB: most resident of `add` / `checkout`. †: the quantiser made other bytes.")
	fmt.Fprintln(w)
	fmt.Fprintln(w, "| | quantiser: s, processor s | fast: MB/s back (÷) | default: MB/s back (÷) | max: MB/s back (÷) | add, default / max: MB/s | MiB, default | max |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|")
	for _, g := range r.quants {
		g.writeSpeed(w)
	}
	fmt.Fprintln(w)
}

func (g rung) writeSpeed(w io.Writer) {
	fmt.Fprintf(w, "| %s | %s |", filepath.Base(g.path), g.made)
	for _, level := range levels {
		b := g.back[level]
		fmt.Fprintf(w, " %.0f %s |", g.rate(b), g.made.over(b))
	}
	fmt.Fprintf(w, " %.0f / %.0f |", g.rate(g.add["default"]), g.rate(g.add["max"]))
	for _, level := range levels[1:] {
		fmt.Fprintf(w, " %.0f / %.0f |", mebibytes(g.add[level].peak), mebibytes(g.back[level].peak))
	}
	fmt.Fprintln(w)
}

// rate is MB of the file by second of the clock.
func (g rung) rate(u usage) float64 { return float64(g.size) / 1e6 / u.wall.Seconds() }

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }

// String is seconds, by the clock and of processors.
func (q quantising) String() string {
	switch {
	case q.wall == 0:
		return "–"
	case q.other:
		return fmt.Sprintf("%.2f, %.2f †", q.wall.Seconds(), q.cpu.Seconds())
	}
	return fmt.Sprintf("%.2f, %.2f", q.wall.Seconds(), q.cpu.Seconds())
}

// over is how many times as long as u quantising took.
func (q quantising) over(u usage) string {
	if q.wall == 0 {
		return "(–)"
	}
	ratio := func(a, b time.Duration) float64 { return a.Seconds() / max(b, time.Microsecond).Seconds() }
	return fmt.Sprintf("(%.2f / %.2f)", ratio(q.wall, u.wall), ratio(q.cpu, u.cpu))
}
