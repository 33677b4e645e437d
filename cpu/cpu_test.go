package cpu

import (
	"slices"
	"testing"
)

func TestMachine(t *testing.T) {
	for _, c := range []struct {
		above []bool
		want  Level
	}{
		{nil, Go},
		{[]bool{false, false}, Go},
		{[]bool{false, true}, Go}, // AVX-512 of a machine whose AVX2 was hidden
		{[]bool{true, false}, AVX2},
		{[]bool{true, true}, AVX512},
	} {
		if got := Machine(c.above...); got != c.want {
			t.Errorf("%v: got %v, want %v", c.above, got, c.want)
		}
	}
}

func TestUse(t *testing.T) {
	for _, machine := range []Level{Go, AVX2, AVX512} {
		for _, l := range []Level{Go, AVX2, AVX512} {
			if got, want := l.Use(machine), min(l, machine); got != want {
				t.Errorf("%v on a machine with %v: got %v, want %v", l, machine, got, want)
			}
		}
		if got := Best.Use(machine); got != machine {
			t.Errorf("best of a machine with %v: got %v", machine, got)
		}
	}
}

func TestTo(t *testing.T) {
	if got := Go.To(AVX2); !slices.Equal(got, []Level{Go, AVX2}) {
		t.Errorf("got %v", got)
	}
	if got := AVX2.To(Go); got != nil {
		t.Errorf("got %v", got)
	}
}
