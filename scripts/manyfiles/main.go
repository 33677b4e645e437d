// Command manyfiles measures dits on many small files beside git, as a table in Markdown:
//
//	go run ./scripts/manyfiles -dits bin/dits
//	go run ./scripts/manyfiles -dits bin/dits -only add,checkout -runs 5
//
// Both work on the same files, which are of 40 bytes to 4 KB, on the same file system, by turns. Seconds are those of
// the clock; of several runs the median, of ratios the median of those of pairs. git is as it comes, but for its gc,
// which would run beside the others.
package main

import (
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	dits := flag.String("dits", "bin/dits", "the dits to measure")
	dir := flag.String("dir", "/dev/shm", "where to work: 1 GB in memory")
	runs := flag.Int("runs", 3, "pairs of runs")
	only := flag.String("only", "", "parts to run, of "+strings.Join(partNames(), ",")+"; empty: all")
	flag.Parse()
	if err := run(*dits, *dir, *runs, *only); err != nil {
		log.Fatal("manyfiles: ", err)
	}
}

func run(dits, dir string, runs int, only string) error {
	dits, err := filepath.Abs(dits)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(dir, "dits-files-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	b := &bench{dir: tmp, runs: runs, peers: []peer{
		{name: "dits", program: []string{dits}},
		{name: "git", program: []string{"git", "-c", "gc.auto=0", "-c", "user.name=a", "-c", "user.email=a@b"}},
	}}
	fmt.Println("| what | dits s | git s | ratio | processor: dits s | git s |")
	fmt.Println("|---|---|---|---|---|---|")
	for _, p := range parts {
		if only != "" && !slices.Contains(strings.Split(only, ","), p.name) {
			continue
		}
		if err := p.run(b); err != nil {
			return err
		}
	}
	return nil
}

// parts are what is measured, by name.
var parts = []struct {
	name string
	run  func(*bench) error
}{
	{"add", (*bench).adding},
	{"checkout", (*bench).checkingOut},
	{"1000", func(b *bench) error { return b.nothingNew(1000) }},
	{"100000", (*bench).removing},
	{"history", (*bench).history},
}

func partNames() (names []string) {
	for _, p := range parts {
		names = append(names, p.name)
	}
	return names
}

// perFolder is how many files a folder has.
const perFolder = 100

// fill makes n files below dir; the same n and seed are the same files.
func fill(dir string, n int, seed uint64) error {
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	for i := range n {
		folder := filepath.Join(dir, fmt.Sprintf("part-%04d", i/perFolder))
		if i%perFolder == 0 {
			if err := os.MkdirAll(folder, 0o777); err != nil {
				return err
			}
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%02d.txt", i%perFolder)), text(random), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// text is 40 bytes to 4 KB of words, mostly few.
func text(random *rand.Rand) []byte {
	words := [...]string{"hidden_size", "rope_theta", "true", "layer", "4096", "model", "tokenizer", "the", "and"}
	var b []byte
	for n := 40 << random.IntN(7); len(b) < n; {
		b = fmt.Appendf(b, "%s %d\n", words[random.IntN(len(words))], random.IntN(1000))
	}
	return b
}
