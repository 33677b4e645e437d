package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"

	"golang.org/x/sys/cpu"
)

// A codePath is the instructions that package codec runs in. It looks at the processor when a
// program starts, so each path is a process of its own, told by GODEBUG what not to see.
type codePath struct {
	name    string
	godebug string
	there   bool    // on this machine
	in, out float64 // wanted: times the speed of TensorDex-TX
}

// codePaths lists those that this machine has.
func codePaths() []codePath {
	if runtime.GOARCH != "amd64" {
		return []codePath{{name: "plain Go", there: true, in: 0.4, out: 0.3}}
	}
	all := []codePath{
		{"AVX-512", "", cpu.X86.HasAVX2 && cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW, 1.0, 1.2},
		{"AVX2", "cpu.avx512f=off", cpu.X86.HasAVX2, 1.0, 0.7},
		{"plain Go", "cpu.avx512f=off,cpu.avx2=off", true, 0.4, 0.3},
	}
	return slices.DeleteFunc(all, func(p codePath) bool { return !p.there })
}

// A race is two coders on one pair in one process, in turns: bytes of content by second of processor time.
type race struct {
	Path    string  `json:"path"` // that this process has
	DitsIn  float64 `json:"dits_in"`
	DitsOut float64 `json:"dits_out"`
	TXIn    float64 `json:"tx_in"`
	TXOut   float64 `json:"tx_out"`
}

// run measures a pair in a process of this program that runs on the path.
func (c codePath) run(p paths, o options) (race, error) {
	self, err := os.Executable()
	if err != nil {
		return race{}, err
	}
	cmd := exec.Command(self, "-race", p.base+","+p.tuned, "-runs", fmt.Sprint(o.runs), "-sample", fmt.Sprint(o.sample))
	cmd.Env = append(os.Environ(), "GODEBUG="+c.godebug)
	cmd.Stderr = os.Stderr
	b, err := cmd.Output()
	if err != nil {
		return race{}, fmt.Errorf("%s: %w", c.name, err)
	}
	var r race
	if err := json.Unmarshal(b, &r); err != nil {
		return r, fmt.Errorf("%s: %w", c.name, err)
	}
	if r.Path != c.name {
		return r, fmt.Errorf("%s: GODEBUG=%s: got the path %s", c.name, c.godebug, r.Path)
	}
	return r, nil
}

// runRace is what such a process does.
func runRace(p paths, o options) (race, error) {
	in, err := load(p.base, p.tuned, o.sample)
	if err != nil {
		return race{}, err
	}
	r, err := measure([]way{{name: "dits codec", coder: ditsCoder{}}, {name: "TensorDex-TX", coder: &tensorDex{}}}, in, o.runs)
	if err != nil {
		return race{}, err
	}
	return race{codePaths()[0].name, r[0].in, r[0].out, r[1].in, r[1].out}, nil
}
