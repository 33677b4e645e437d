package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
)

// levels are those of dits add, in the order of the tables.
var levels = []string{"fast", "default", "max"}

// A ladder is a model as floats, and the quants that were made from it.
type ladder struct {
	sources []string // added first, in this order
	quants  []string
}

// A rung is what dits made of one file.
type rung struct {
	path   string
	size   int64
	stored map[string]int64 // what the packs grew by, by level
	add    map[string]usage
	back   map[string]usage // dits checkout of it alone
	made   quantising       // what making it anew took
}

// A ladderResult has its sources as they were added one after the other, and its quants, each
// alone after the sources.
type ladderResult struct {
	sources []rung
	quants  []rung
	whole   map[string]int64 // all quants in one store after the sources, by level
	threads int
}

// runLadder measures a ladder and prints its tables.
func runLadder(o options) (ladderResult, error) {
	r := ladderResult{whole: map[string]int64{}, threads: o.threads}
	if r.threads == 0 {
		r.threads = runtime.NumCPU()
	}
	if len(o.ladder.sources) == 0 || len(o.ladder.quants) == 0 {
		return r, fmt.Errorf("ladder: got %d sources and %d quants, want some of both", len(o.ladder.sources), len(o.ladder.quants))
	}
	if err := os.Setenv("GOMAXPROCS", strconv.Itoa(r.threads)); err != nil { // for dits
		return r, err
	}
	work, err := os.MkdirTemp(o.work, "dits-ladder")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(work)
	if err := r.quantise(o, work); err != nil {
		return r, err
	}
	dits, err := filepath.Abs(o.dits)
	if err != nil {
		return r, err
	}
	for _, level := range levels {
		if err := r.store(dits, filepath.Join(work, level), level); err != nil {
			return r, fmt.Errorf("level %s: %w", level, err)
		}
	}
	return r, nil
}

// quantise times the real quantiser on each quant, and makes those that are not there.
func (r *ladderResult) quantise(o options, work string) error {
	var err error
	if r.sources, err = rungs(o.ladder.sources); err != nil {
		return err
	}
	source := o.ladder.sources[len(o.ladder.sources)-1]
	made := map[string]quantising{}
	for _, q := range o.ladder.quants {
		if made[q], err = o.quantiser.make(source, q, work, r.threads); err != nil {
			return err
		}
	}
	r.quants, err = rungs(o.ladder.quants)
	for i := range r.quants {
		r.quants[i].made = made[r.quants[i].path]
	}
	return err
}

func rungs(paths []string) ([]rung, error) {
	var out []rung
	for _, p := range paths {
		st, err := os.Stat(p)
		if err != nil {
			return nil, err
		}
		out = append(out, rung{path: p, size: st.Size(), stored: map[string]int64{}, add: map[string]usage{}, back: map[string]usage{}})
	}
	return out, nil
}

// store measures one level. The repository with the sources is copied for each quant, so
// that none sees another; at last all go into it.
func (r *ladderResult) store(dits, dir, level string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if _, err := execute(dir, dits, "init"); err != nil {
		return err
	}
	for i := range r.sources {
		if err := r.sources[i].put(dits, dir, level); err != nil {
			return err
		}
	}
	for i := range r.quants {
		alone := dir + "-alone"
		if err := copyRepository(alone, dir); err != nil {
			return err
		}
		if err := r.quants[i].put(dits, alone, level); err != nil {
			return err
		}
		if err := os.RemoveAll(alone); err != nil {
			return err
		}
	}
	return r.together(dits, dir, level)
}

// together adds all quants to one store.
func (r *ladderResult) together(dits, dir, level string) error {
	before, err := storedBytes(dits, dir)
	if err != nil {
		return err
	}
	for _, q := range r.quants {
		next := rung{path: q.path, stored: map[string]int64{}, add: map[string]usage{}, back: map[string]usage{}}
		if err := next.put(dits, dir, level); err != nil {
			return err
		}
	}
	after, err := storedBytes(dits, dir)
	r.whole[level] = after - before
	return err
}

// put adds and commits a file, removes it, and checks it out again.
func (g *rung) put(dits, dir, level string) error {
	name := filepath.Base(g.path)
	before, err := storedBytes(dits, dir)
	if err != nil {
		return err
	}
	if err := stream(g.path, filepath.Join(dir, name)); err != nil {
		return err
	}
	if g.add[level], err = execute(dir, dits, "add", "-q", "--level", level, name); err != nil {
		return err
	}
	if _, err := execute(dir, dits, "commit", "-q", "-m", name); err != nil {
		return err
	}
	after, err := storedBytes(dits, dir)
	if err != nil {
		return err
	}
	g.stored[level] = after - before
	return g.restore(dits, dir, level)
}

// restore checks the file out and holds it to what was added; then it goes.
func (g *rung) restore(dits, dir, level string) error {
	name := filepath.Base(g.path)
	out := filepath.Join(dir, name)
	if err := os.Remove(out); err != nil {
		return err
	}
	var err error
	if g.back[level], err = execute(dir, dits, "checkout", "-q", "HEAD", "--", name); err != nil {
		return err
	}
	same, err := sameFiles(out, g.path)
	if err == nil && !same {
		err = fmt.Errorf("%s: checkout got other bytes than were added", name)
	}
	if err != nil {
		return err
	}
	return os.Remove(out)
}

// storedBytes is what the packs take on disk, by dits stats.
func storedBytes(dits, dir string) (int64, error) {
	b, err := query(dir, dits, "stats", "--json")
	if err != nil {
		return 0, err
	}
	var s struct {
		Stored int64 `json:"stored_bytes"`
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return 0, fmt.Errorf("dits stats --json: %w", err)
	}
	return s.Stored, nil
}
