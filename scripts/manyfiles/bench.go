package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// A bench has the programs that are measured, each with a repository of the same files.
type bench struct {
	dir   string
	runs  int
	peers []peer
}

// A peer is a program and where it works.
type peer struct {
	name    string
	program []string
	dir     string
}

// A spent is what one command took.
type spent struct{ clock, processor time.Duration }

// fresh gives each peer a new repository with n files.
func (b *bench) fresh(n int) error {
	for i := range b.peers {
		p := &b.peers[i]
		if err := os.RemoveAll(p.dir); err != nil {
			return err
		}
		p.dir = filepath.Join(b.dir, p.name)
		if err := fill(p.dir, n, 1); err != nil {
			return err
		}
		if err := os.MkdirAll(p.dir, 0o777); err != nil {
			return err
		}
		if _, err := p.command("init"); err != nil {
			return err
		}
	}
	return nil
}

// each runs a command in all repositories, without measuring it.
func (b *bench) each(args ...string) error {
	for _, p := range b.peers {
		if _, err := p.command(args...); err != nil {
			return err
		}
	}
	return nil
}

// command runs the program in its repository.
func (p peer) command(args ...string) (spent, error) {
	words := slices.Concat(p.program, args)
	c := exec.Command(words[0], words[1:]...)
	c.Dir = p.dir
	began := time.Now()
	out, err := c.CombinedOutput()
	if err != nil {
		return spent{}, fmt.Errorf("%s %q: %w\n%s", p.name, args, err, out)
	}
	return spent{time.Since(began), c.ProcessState.UserTime() + c.ProcessState.SystemTime()}, nil
}

// A row is one line of the table: what each peer spent in each run.
type row struct {
	what string
	runs [][]spent // by peer
}

func (b *bench) row(what string) *row { return &row{what: what, runs: make([][]spent, len(b.peers))} }

// measure runs a command once in each repository.
func (r *row) measure(b *bench, args ...string) error {
	for i, p := range b.peers {
		s, err := p.command(args...)
		if err != nil {
			return err
		}
		r.runs[i] = append(r.runs[i], s)
	}
	return nil
}

// several measures a command that changes nothing as often as it takes.
func (b *bench) several(what string, args ...string) error {
	r := b.row(what)
	for range b.runs {
		if err := r.measure(b, args...); err != nil {
			return err
		}
	}
	r.print()
	return nil
}

func (r *row) print() {
	dits, git := r.runs[0], r.runs[1]
	ratios := make([]float64, len(dits))
	for i := range dits {
		ratios[i] = dits[i].clock.Seconds() / git[i].clock.Seconds()
	}
	fmt.Printf("| %s | %.3f | %.3f | %.1f | %.2f | %.2f |\n", r.what,
		median(dits, spent.seconds), median(git, spent.seconds), middle(ratios),
		median(dits, spent.work), median(git, spent.work))
}

func (s spent) seconds() float64 { return s.clock.Seconds() }
func (s spent) work() float64    { return s.processor.Seconds() }

func median(runs []spent, of func(spent) float64) float64 {
	values := make([]float64, len(runs))
	for i, s := range runs {
		values[i] = of(s)
	}
	return middle(values)
}

func middle(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
