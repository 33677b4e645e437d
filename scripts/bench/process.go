package main

import (
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// A usage is what a process took.
type usage struct {
	wall time.Duration
	cpu  time.Duration
	peak int64 // bytes resident
}

// execute runs a program in a folder and returns what it took and printed.
func execute(dir, program string, args ...string) (usage, error) {
	c := exec.Command(program, args...)
	c.Dir = dir
	var out strings.Builder
	c.Stdout, c.Stderr = &out, &out
	start := time.Now()
	err := c.Run()
	u := usage{wall: time.Since(start)}
	if err != nil {
		return u, failed(c, err, out.String())
	}
	u.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	u.peak = maxResident(c.ProcessState)
	return u, nil
}

// query runs a program in a folder ("": this one) and returns what it wrote to its standard output.
func query(dir, program string, args ...string) ([]byte, error) {
	c := exec.Command(program, args...)
	c.Dir = dir
	var messages strings.Builder
	c.Stderr = &messages
	b, err := c.Output()
	if err != nil {
		return b, failed(c, err, messages.String())
	}
	return b, nil
}

func failed(c *exec.Cmd, err error, said string) error {
	return fmt.Errorf("%s: %w: %s", strings.Join(c.Args, " "), err, strings.TrimSpace(said))
}

// middle is the median of each figure, but the largest peak.
func middle(runs []usage) usage {
	var wall, cpu []time.Duration
	var u usage
	for _, r := range runs {
		wall, cpu = append(wall, r.wall), append(cpu, r.cpu)
		u.peak = max(u.peak, r.peak)
	}
	u.wall, u.cpu = median(wall), median(cpu)
	return u
}
