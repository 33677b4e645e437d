// Command bench compares dits with its peers on pairs of a base and a fine-tune, in one
// run and on the same inputs. make bench runs it; it prints the tables of
// docs/benchmarks.md:
//
//	go run ./scripts/bench -dits bin/dits [-corpus DIR] [-pair BASE,TUNED]…
//	go run ./scripts/bench -dits bin/dits -source base-F16.gguf [-quantise COMMAND] base-Q4_K_M.gguf …
//
// The second form is about quants beside the quantiser that makes them: make bench-ladder.
//
// What a peer does is written anew here, tensor by tensor, after its paper and source; each
// type says after which. Everything that is encoded is decoded and compared. Peers call C
// libzstd and liblz4 when built with -tags cpeers, as scripts/bench.sh does where it
// finds them; otherwise Go twins, which are worse, and the output says so.
//
// Sizes are the same on every run. Speeds are bytes by processor time on one core, the median
// of several runs in which the coders take turns, so that what else the machine does
// changes them little; elapsed times are given where dits runs as a process.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// options are the flags.
type options struct {
	dits   string  // the binary
	corpus string  // folder with base.safetensors, "" for none
	pairs  []paths // from -pair
	runs   int
	sample int64  // bytes of a pair that coders see
	work   string // folder for repositories

	ladder    ladder
	quantiser quantiser
	threads   int // of dits and the quantiser; 0: all cores

	sequences []sequence
	race      string // BASE,TUNED of a process that only does that
}

func main() {
	var o options
	flag.StringVar(&o.dits, "dits", "bin/dits", "the dits binary")
	flag.StringVar(&o.corpus, "corpus", "", "folder with base.safetensors and its fine-tunes")
	flag.Func("pair", "BASE,TUNED: one more pair of safetensors files (again for more)", o.addPair)
	flag.IntVar(&o.runs, "runs", 3, "runs; the median counts")
	flag.Int64Var(&o.sample, "sample", 256<<20, "bytes of a pair that coders are measured on")
	flag.StringVar(&o.work, "work", "", "folder for repositories; default: a temporary one")
	flag.Func("source", "FILE: floats that the quants named behind the flags were made from (again for more; the last is quantised)", o.addSource)
	flag.Func("quantise", "COMMAND of a real quantiser, as scripts/family/quantise.py", o.setQuantiser)
	flag.IntVar(&o.threads, "threads", 0, "threads of dits and the quantiser; 0: all cores")
	flag.Func("sequence", "A,B,C…: safetensors files that follow each other at one path (again for more)", o.addSequence)
	flag.StringVar(&o.race, "race", "", "BASE,TUNED: the codec beside TensorDex-TX on this code path, as JSON; what this program calls itself with")
	flag.Parse()
	o.ladder.quants = flag.Args()
	if err := run(os.Stdout, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (o *options) addPair(s string) error {
	p, err := parsePair(s)
	o.pairs = append(o.pairs, p)
	return err
}

func parsePair(s string) (paths, error) {
	base, tuned, ok := strings.Cut(s, ",")
	if !ok {
		return paths{}, fmt.Errorf("pair: got %q, want BASE,TUNED", s)
	}
	return paths{base, tuned}, nil
}

func (o *options) addSequence(s string) error {
	o.sequences = append(o.sequences, strings.Split(s, ","))
	return nil
}

func (o *options) addSource(s string) error {
	o.ladder.sources = append(o.ladder.sources, s)
	return nil
}

func (o *options) setQuantiser(s string) error {
	o.quantiser = strings.Fields(s)
	return nil
}

// run does what the flags say.
func run(w io.Writer, o options) error {
	switch {
	case o.race != "":
		p, err := parsePair(o.race)
		if err != nil {
			return err
		}
		r, err := runRace(p, o)
		if err != nil {
			return err
		}
		return json.NewEncoder(w).Encode(r)
	case len(o.ladder.sources) == 0 && len(o.ladder.quants) > 0:
		return fmt.Errorf("%s: got a quant, want its -source too", o.ladder.quants[0])
	case len(o.ladder.sources) > 0:
		r, err := runLadder(o)
		if err == nil {
			r.write(w)
		}
		return err
	}
	return runPairs(w, o)
}

// runPairs measures the binary first, while this process is small: Linux counts the memory of a
// process that starts another towards the other's maximum.
func runPairs(w io.Writer, o options) error {
	pairs, err := findPairs(o.corpus)
	if err != nil {
		return err
	}
	pairs = append(pairs, o.pairs...)
	if len(pairs) == 0 {
		return fmt.Errorf("nothing to measure: give -corpus or -pair")
	}
	writeMachine(w, o.runs)
	stores := make([]storeResult, len(pairs))
	for i, p := range pairs {
		if stores[i], err = measureStore(o, p); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	writeStores(w, pairs, stores)
	for _, s := range o.sequences {
		if err := writeSequence(w, o, s); err != nil {
			return err
		}
	}
	if err := writeMax(w, pairs, stores, o); err != nil {
		return err
	}
	if err := writePaths(w, pairs, o); err != nil {
		return err
	}
	return writeCoders(w, pairs, stores, o)
}

// writeCoders prints the coders' tables: each pair, and the first base of each folder alone.
func writeCoders(w io.Writer, pairs []paths, stores []storeResult, o options) error {
	seen := map[string]bool{}
	for i, p := range pairs {
		if folder := filepath.Dir(p.base); !seen[folder] {
			seen[folder] = true
			if err := writeAlone(w, p.base, o); err != nil {
				return fmt.Errorf("%s: %w", p.base, err)
			}
		}
		if err := writePair(w, p, stores[i], o); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	return nil
}
