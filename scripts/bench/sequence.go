package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// A sequence is files that follow each other at one path, as checkpoints of a run do.
type sequence []string

// A step is what the packs grew by for one file, by level.
type step struct {
	size   int64
	stored map[string]int64 // after all that come before it
	short  map[string]int64 // after its predecessor, alone in a store
}

// measureSequence adds the files one after the other, and each after its predecessor only.
func measureSequence(o options, s sequence) ([]step, error) {
	dits, err := filepath.Abs(o.dits)
	if err != nil {
		return nil, err
	}
	steps := make([]step, len(s))
	for _, level := range levels {
		all, err := storeInTurn(dits, o.work, level, s)
		if err != nil {
			return nil, err
		}
		for i := range s {
			if steps[i].stored == nil {
				steps[i].stored, steps[i].short = map[string]int64{}, map[string]int64{}
			}
			steps[i].stored[level] = all[i]
			two, err := storeInTurn(dits, o.work, level, s[max(i-1, 0):i+1])
			if err != nil {
				return nil, err
			}
			steps[i].short[level] = two[len(two)-1]
		}
	}
	for i, f := range s {
		st, err := os.Stat(f)
		if err != nil {
			return nil, err
		}
		steps[i].size = st.Size()
	}
	return steps, nil
}

// storeInTurn adds files in a new repository, one replacing the other, checks all of them
// out again, and returns what the packs grew by for each.
func storeInTurn(dits, work, level string, files []string) ([]int64, error) {
	dir, err := os.MkdirTemp(work, "dits-sequence")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if _, err := execute(dir, dits, "init"); err != nil {
		return nil, err
	}
	grown := make([]int64, len(files))
	for i, f := range files {
		if _, grown[i], err = addFile(dits, dir, f, "--level", level); err != nil {
			return nil, err
		}
	}
	for i := range files {
		if _, err := checkOut(dits, dir, fmt.Sprintf("main~%d", i), files[len(files)-1-i]); err != nil {
			return nil, err
		}
	}
	return grown, nil
}

// writeSequence prints the steps.
func writeSequence(w io.Writer, o options, s sequence) error {
	steps, err := measureSequence(o, s)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "### In turn: %s … %s\n\nWhat the packs grow by, %% of the file: after all files above it / with only the one above it in the store.\n\n", shortName(s[0]), shortName(s[len(s)-1]))
	fmt.Fprintln(w, "| | MB | fast | default | max |")
	fmt.Fprintln(w, "|---|---|---|---|---|")
	for i, step := range steps {
		fmt.Fprintf(w, "| %s | %.1f |", shortName(s[i]), float64(step.size)/1e6)
		for _, level := range levels {
			fmt.Fprintf(w, " %.2f / %.2f |", percent(step.stored[level], step.size), percent(step.short[level], step.size))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
	return nil
}

// shortName is a file with the folder that it lies in.
func shortName(path string) string {
	return filepath.Base(filepath.Dir(path)) + "/" + filepath.Base(path)
}
