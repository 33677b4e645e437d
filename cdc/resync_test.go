package cdc

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
)

// fresh is how many chunks of data, and bytes in them, old has no chunk for.
func fresh(p Params, old, data []byte) (chunks, size int) {
	known := map[[32]byte]bool{}
	for rest := old; len(rest) > 0; {
		n := p.Cut(rest)
		known[sha256.Sum256(rest[:n])] = true
		rest = rest[n:]
	}
	for rest := data; len(rest) > 0; {
		n := p.Cut(rest)
		if sum := sha256.Sum256(rest[:n]); !known[sum] {
			known[sum] = true
			chunks, size = chunks+1, size+n
		}
		rest = rest[n:]
	}
	return chunks, size
}

// A matrix of a hundred chunks grows or shrinks by some rows at one place.
// A chunk or two are new where that happens, and then cut points must be the old
// ones again. Chunks are 30 KiB on average; more than 8 new ones is out of step.
func TestRowsInsertedAndRemoved(t *testing.T) {
	const most = 8
	for _, row := range []int{512, 8192, 144, 144 * 16, 210, 210 * 16, 34 * 8} {
		old := random(byte(row), 1<<20/row*row)
		for _, p := range []Params{small.aligned(alignOf(row)), small.aligned(1)} {
			for _, rows := range []int{1, 2, 7, 64} {
				for _, place := range []string{"front", "middle", "end"} {
					name := fmt.Sprintf("row %d/align %d/%s/%d rows", row, p.Align, place, rows)
					at := map[string]int{"front": 0, "middle": len(old) / row / 2 * row, "end": len(old)}[place]
					grown := slices.Insert(slices.Clone(old), at, random(77, rows*row)...)
					room := most + rows*row/p.Min
					if n, size := fresh(p, old, grown); n > room {
						t.Errorf("%s inserted: %d new chunks of %d bytes, want at most %d", name, n, size, room)
					}
					if n, size := fresh(p, grown, old); n > most {
						t.Errorf("%s removed: %d new chunks of %d bytes, want at most %d", name, n, size, most)
					}
				}
			}
		}
	}
}

// alignOf is the quant block that rows of this length are made of, or a BF16 weight.
func alignOf(row int) int {
	for _, block := range []int{144, 210, 34} {
		if row%block == 0 {
			return block
		}
	}
	return 2
}

func TestVocabularyGrownWithDefault(t *testing.T) {
	const row = 8192
	old := random(11, 4000*row)
	for _, at := range []int{0, 2000 * row, 4000 * row} {
		grown := slices.Insert(slices.Clone(old), at, random(12, 64*row)...)
		if n, size := fresh(Default.aligned(2), old, grown); n > 5 || size > 5<<20 {
			t.Errorf("64 rows inserted at byte %d: %d new chunks of %d bytes, want at most 5", at, n, size)
		}
	}
}

// Runs of zeros, as of a padded vocabulary, must not carry a shift along.
func TestInsertBeforeZeros(t *testing.T) {
	old := random(13, 8<<20)
	clear(old[1<<20 : 3<<20])
	grown := slices.Insert(slices.Clone(old), 512<<10, random(14, 512)...)
	if n, size := fresh(small.aligned(2), old, grown); n > 8 {
		t.Errorf("row inserted before zeros: %d new chunks of %d bytes, want at most 8", n, size)
	}
}

// An edited weight must change its own chunk and at most a few behind it.
func TestSparseEdits(t *testing.T) {
	old := random(15, 8<<20)
	data := slices.Clone(old)
	const edits = 10
	for i := range edits {
		data[i*len(data)/edits+4321] ^= 1
	}
	if n, size := fresh(small.aligned(2), old, data); n > 2*edits {
		t.Errorf("%d bytes edited: %d new chunks of %d bytes, want at most %d", edits, n, size, 2*edits)
	}
}
