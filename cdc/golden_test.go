package cdc

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
)

const breaks = "this breaks dedup with the content of every existing store: do not update the expected value, undo the change"

func TestGoldenGear(t *testing.T) {
	var raw []byte
	for _, g := range gear {
		raw = binary.LittleEndian.AppendUint64(raw, g)
	}
	if got, want := fmt.Sprintf("%x", sha256.Sum256(raw)), "e875e1ffbf2f86a2fb9e6f058ba3a45e49286a7877631feddc44e8c549e4627b"; got != want {
		t.Errorf("sha256 of the gear table: %s, want %s; %s", got, want, breaks)
	}
	seen := map[uint64]bool{}
	for _, g := range gear {
		seen[g] = true
	}
	if len(seen) != 256 {
		t.Errorf("gear table: %d different constants, want 256", len(seen))
	}
}

func TestGoldenLengths(t *testing.T) {
	if want := (Params{262144, 524288, 1048576, 1}); Default != want {
		t.Errorf("default: %+v, want %+v; %s", Default, want, breaks)
	}
	if want := (Params{8192, 16384, 32768, 1}); Fine != want {
		t.Errorf("fine: %+v, want %+v; %s", Fine, want, breaks)
	}
}

func TestGoldenCuts(t *testing.T) {
	data := random(8, 4<<20)
	clear(data[1<<20 : 1<<20+600<<10])
	cases := []struct {
		align int
		want  []int
	}{
		{1, []int{774071, 971839, 590959, 553503, 458193, 338831, 506908}},
		{2, []int{591998, 388728, 765184, 540504, 496550, 904432, 506908}},
		{4, []int{431076, 461200, 973300, 519348, 398040, 904432, 506908}},
		{18, []int{949194, 796716, 453096, 671184, 279054, 584496, 460564}},
		{144, []int{320256, 308160, 314928, 735264, 321408, 520992, 398304, 886464, 388528}},
		{210, []int{405090, 378210, 885990, 727650, 449820, 411180, 281190, 276990, 378184}},
	}
	for _, c := range cases {
		if got := lengths(Default.aligned(c.align), data); !slices.Equal(got, c.want) {
			t.Errorf("align %d: chunks of %d bytes, want %d; %s", c.align, got, c.want, breaks)
		}
	}
}
