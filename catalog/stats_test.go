package catalog

import (
	"errors"
	"fmt"
	"testing"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// What the fixture's files need, in payload bytes; a1 is read from pack "tune",
// as the shallowest and shortest record, and so needs no prediction.
const (
	v1Own  = 90 + 66 + 40            // h1, chunk list a, manifest
	v2Own  = 95 + 300 + 33 + 67 + 41 // h2, c1, prediction p, chunk list c, manifest
	shared = 600 + 500               // a0, b
	onlyA1 = 650
)

func TestStoredBytes(t *testing.T) {
	c := openFixture(t)
	for _, test := range []struct {
		files, except []digest.ID
		want          int64
	}{
		{nil, nil, 0},
		{ids("v1"), nil, v1Own + onlyA1 + shared},
		{ids("v2"), nil, v2Own + shared},
		{ids("v1", "v2", "v1"), nil, v1Own + onlyA1 + v2Own + shared},
		{ids("v2"), ids("v1"), v2Own},
		{ids("v1"), ids("v2"), v1Own + onlyA1},
		{ids("v1", "v2"), ids("v2", "v2"), v1Own + onlyA1},
		{ids("v1"), ids("v1"), 0},
		{nil, ids("v1"), 0},
	} {
		got, err := c.StoredBytes(test.files, test.except)
		if err != nil || got != test.want {
			t.Errorf("%v except %v: got %d, %v; want %d", test.files, test.except, got, err, test.want)
		}
	}
	for _, unknown := range [][2][]digest.ID{{ids("v1", "a"), nil}, {nil, ids("v3")}} {
		if _, err := c.StoredBytes(unknown[0], unknown[1]); !errors.Is(err, ErrNotFound) {
			t.Errorf("%v: got %v, want ErrNotFound", unknown, err)
		}
	}
}

func TestStats(t *testing.T) {
	c := openFixture(t)
	raw, fields := Usage{1, 500, 500}, Usage{1, 1000, 600}
	for _, test := range []struct {
		files []digest.ID
		want  Stats
	}{
		{ids("v1"), Stats{1, 4, 2, 4, 2600, map[uint8]Usage{0: raw, 1: {2, 1100, 740}, 2: fields}}},
		{ids("v2"), Stats{1, 2, 2, 4, 2601, map[uint8]Usage{0: raw, 1: {1, 101, 95}, 2: fields, 3: {1, 1000, 300}}}},
		{ids("v1", "v1"), Stats{2, 8, 2, 4, 5200, map[uint8]Usage{0: raw, 1: {2, 1100, 740}, 2: fields}}},
		{nil, Stats{2, 6, 3, 6, 5201, map[uint8]Usage{0: raw, 1: {3, 1201, 835}, 2: fields, 3: {1, 1000, 300}}}},
		{[]digest.ID{}, Stats{ByEncoding: map[uint8]Usage{}}},
	} {
		got, err := c.Stats(test.files)
		if err != nil {
			t.Fatal(err)
		}
		same(t, fmt.Sprint(test.files), got, test.want)
	}
	if _, err := c.Stats(ids("v1", "nobody")); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

// TestBestRecord holds the record that sums count to the one that Records puts first.
func TestBestRecord(t *testing.T) {
	c := openFixture(t)
	var want int64
	for _, f := range []struct {
		kind pack.Kind
		name string
	}{{pack.Chunk, "h1"}, {pack.Chunk, "a0"}, {pack.Chunk, "a1"}, {pack.Chunk, "b"}, {pack.Blob, "a"}, {pack.Manifest, "v1"}} {
		records, err := c.Records(f.kind, id(f.name))
		if err != nil {
			t.Fatal(err)
		}
		want += records[0].Len
	}
	if got, err := c.StoredBytes(ids("v1"), nil); err != nil || got != want {
		t.Errorf("got %d, %v; want %d", got, err, want)
	}
}
