// Command bench compares dits with its peers on pairs of a base and a fine-tune, in one
// run and on the same inputs. make bench runs it; it prints the tables of
// docs/benchmarks.md:
//
//	go run ./scripts/bench -dits bin/dits [-corpus DIR] [-pair BASE,TUNED]…
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
	"flag"
	"fmt"
	"io"
	"os"
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
}

func main() {
	var o options
	flag.StringVar(&o.dits, "dits", "bin/dits", "the dits binary")
	flag.StringVar(&o.corpus, "corpus", "", "folder with base.safetensors and its fine-tunes")
	flag.Func("pair", "BASE,TUNED: one more pair of safetensors files (again for more)", o.addPair)
	flag.IntVar(&o.runs, "runs", 3, "runs; the median counts")
	flag.Int64Var(&o.sample, "sample", 256<<20, "bytes of a pair that coders are measured on")
	flag.StringVar(&o.work, "work", "", "folder for repositories; default: a temporary one")
	flag.Parse()
	if err := run(os.Stdout, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (o *options) addPair(s string) error {
	base, tuned, ok := strings.Cut(s, ",")
	if !ok {
		return fmt.Errorf("pair: got %q, want BASE,TUNED", s)
	}
	o.pairs = append(o.pairs, paths{base, tuned})
	return nil
}

// run measures the binary first, while this process is small: Linux counts the memory of a
// process that starts another towards the other's maximum.
func run(w io.Writer, o options) error {
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
	seen := map[string]bool{}
	for i, p := range pairs {
		if !seen[p.base] {
			seen[p.base] = true
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
