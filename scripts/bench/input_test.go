package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

const family = "../../testdata/family"

func TestLoadCountsWhatIsTheSame(t *testing.T) {
	base := filepath.Join(family, "base.safetensors")
	same, err := load(base, base, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	if len(same.tensors) != 0 || same.identical != same.bytes || same.bytes == 0 {
		t.Errorf("a file with itself: got %d tensors that differ and %d of %d bytes the same", len(same.tensors), same.identical, same.bytes)
	}
	alone, err := load("", base, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	if alone.identical != 0 || alone.bytes != same.bytes || len(alone.tensors) == 0 {
		t.Errorf("alone: got %d of %d bytes the same, want none of %d", alone.identical, alone.bytes, same.bytes)
	}
	lora, err := load(base, filepath.Join(family, "merged-lora.safetensors"), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range lora.tensors {
		if p.base == nil {
			t.Error("merged-lora: a tensor without its base")
		}
	}
	if lora.identical == 0 || lora.identical == lora.bytes {
		t.Errorf("merged-lora: got %d of %d bytes the same, want some", lora.identical, lora.bytes)
	}
}

func TestLoadStopsAtTheLimit(t *testing.T) {
	base := filepath.Join(family, "base.safetensors")
	const limit = 600_000
	in, err := load(base, filepath.Join(family, "ft-customer.safetensors"), limit)
	if err != nil {
		t.Fatal(err)
	}
	if in.bytes > limit || in.bytes < limit/2 || len(in.file.data) != limit || len(in.file.base) != limit {
		t.Errorf("got %d bytes of tensors and %d of the file, want at most %d", in.bytes, len(in.file.data), limit)
	}
}

func TestFindPairs(t *testing.T) {
	pairs, err := findPairs(family)
	if err != nil {
		t.Fatal(err)
	}
	if len(pairs) != 2 || pairs[0].String() != "family/base → ft-customer" || pairs[1].String() != "family/base → merged-lora" {
		t.Errorf("got %v, want ft-customer and merged-lora with base", pairs)
	}
}

func TestSameFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	data := random(blockBytes + 5)
	a := write("a", data)
	other := append([]byte(nil), data...)
	other[blockBytes+4] ^= 1
	for name, c := range map[string]struct {
		b    []byte
		want bool
	}{
		"same":    {data, true},
		"a bit":   {other, false},
		"shorter": {data[:blockBytes], false},
		"longer":  {append(data[:len(data):len(data)], 0), false},
	} {
		got, err := sameFiles(a, write(name, c.b))
		if err != nil || got != c.want {
			t.Errorf("%s: got %t, %v, want %t", name, got, err, c.want)
		}
	}
}

func TestMedian(t *testing.T) {
	for want, times := range map[time.Duration][]time.Duration{0: nil, 3: {3}, 2: {9, 1, 2}, 4: {8, 4}} {
		if got := median(times); got != want {
			t.Errorf("median of %v: got %d, want %d", times, got, want)
		}
	}
}
