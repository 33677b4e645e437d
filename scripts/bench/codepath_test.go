package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestMain is this program when a test starts it as a code path's process.
func TestMain(m *testing.M) {
	if slices.Contains(os.Args, "-race") {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestCodePaths(t *testing.T) {
	p := paths{filepath.Join(family, "base.safetensors"), filepath.Join(family, "ft-customer.safetensors")}
	for _, c := range codePaths() {
		r, err := c.run(p, options{runs: 1, sample: 1 << 18})
		if err != nil {
			t.Fatal(err)
		}
		if r.DitsIn <= 0 || r.DitsOut <= 0 || r.TXIn <= 0 || r.TXOut <= 0 {
			t.Errorf("%s: got %+v, want all speeds measured", c.name, r)
		}
	}
	last := codePaths()[len(codePaths())-1]
	last.name = "another"
	if _, err := last.run(p, options{runs: 1, sample: 1 << 18}); err == nil {
		t.Error("a path that is not what the process has: got no error")
	}
}

func TestWanted(t *testing.T) {
	if got := wanted(0.5, 1); got != "**0.50** (1.0)" {
		t.Errorf("too slow: got %s", got)
	}
	if got := wanted(1, 1); got != "1.00 (1.0)" {
		t.Errorf("fast enough: got %s", got)
	}
}
