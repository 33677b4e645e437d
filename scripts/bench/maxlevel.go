package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Wanted of dits add --level max: MB by second of processor time in, and of checkout, times TensorDex-TX.
const (
	maxIn  = 60
	maxOut = 0.5
)

// A maxResult is what --level max makes of a fine-tune; its base is added at the default level.
type maxResult struct {
	stored int64
	in     usage
	out    usage
}

func measureMax(o options, p paths) (maxResult, error) {
	dits, err := filepath.Abs(o.dits)
	if err != nil {
		return maxResult{}, err
	}
	var last maxResult
	var ins, outs []usage
	for range o.runs {
		if last, err = maxOnce(dits, o.work, p); err != nil {
			return last, err
		}
		ins, outs = append(ins, last.in), append(outs, last.out)
	}
	last.in, last.out = middle(ins), middle(outs)
	return last, nil
}

func maxOnce(dits, work string, p paths) (r maxResult, err error) {
	dir, err := os.MkdirTemp(work, "dits-max")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	if _, err = execute(dir, dits, "init"); err != nil {
		return r, err
	}
	if _, _, err = addFile(dits, dir, p.base); err != nil {
		return r, err
	}
	if r.in, r.stored, err = addFile(dits, dir, p.tuned, "--level", "max"); err != nil {
		return r, err
	}
	if _, err = checkOut(dits, dir, "HEAD~1", p.base); err != nil {
		return r, err
	}
	r.out, err = checkOut(dits, dir, "main", p.tuned)
	return r, err
}

// writeMax prints the level beside TensorDex-TX, which runs in a process of its own: this one stays small.
func writeMax(w io.Writer, pairs []paths, stores []storeResult, o options) error {
	fmt.Fprintf(w, "### --level max\n\n`dits add --level max` and `dits checkout` of the fine-tune as processes, start and SQLite included: MB by second of processor time.\n\n")
	fmt.Fprintln(w, "| | default: % | max: % | in: MB/s (wanted) | out: MB/s | ÷ TX (wanted) | MiB resident at most, in / out |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|")
	for i, p := range pairs {
		r, err := measureMax(o, p)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		tx, err := codePaths()[0].run(p, o)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		size := stores[i].size
		in, out := float64(size)/r.in.cpu.Seconds(), float64(size)/r.out.cpu.Seconds()
		fmt.Fprintf(w, "| %s | %.2f | %.2f | %s | %.0f | %s | %.0f / %.0f |\n", p, percent(stores[i].tuned, size), percent(r.stored, size),
			wanted(in/1e6, maxIn), out/1e6, wanted(out/tx.TXOut, maxOut), mebibytes(r.in.peak), mebibytes(r.out.peak))
	}
	fmt.Fprintln(w)
	return nil
}
