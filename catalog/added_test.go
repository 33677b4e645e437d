package catalog

import (
	"errors"
	"testing"

	"dits/tensorstore/digest"
)

// What files add is what they need and those before them do not.
func TestAdded(t *testing.T) {
	c := openFixture(t)
	for _, files := range [][]digest.ID{nil, ids("v1"), ids("v2"), ids("v1", "v2"), ids("v2", "v1"), ids("v1", "v1", "v2", "v1")} {
		all, err := c.Added(files)
		if err != nil {
			t.Fatal(err)
		}
		at := make([]int64, len(files))
		for _, a := range all {
			at[a.At] += a.Len
		}
		for i, got := range at {
			want, err := c.StoredBytes(files[:i+1], files[:i])
			if err != nil || got != want {
				t.Errorf("%v: file %d adds %d, %v; want %d", files, i, got, err, want)
			}
		}
	}
	if _, err := c.Added(ids("v1", "nobody")); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

// Chunks come with how they are kept.
func TestAddedChunks(t *testing.T) {
	c := openFixture(t)
	all, err := c.Added(ids("v1", "v2"))
	if err != nil {
		t.Fatal(err)
	}
	sums := map[uint8]Usage{}
	for _, a := range all {
		if !a.Chunks {
			continue
		}
		u := sums[a.Encoding]
		sums[a.Encoding] = Usage{u.Chunks, u.LogicalBytes + a.RawLen, u.StoredBytes + a.Len}
		if predicted := a.Encoding == 3; predicted == a.Prediction.IsZero() {
			t.Errorf("encoding %d: prediction %s", a.Encoding, a.Prediction)
		}
	}
	s, err := c.Stats(ids("v1", "v2"))
	if err != nil {
		t.Fatal(err)
	}
	for e, u := range s.ByEncoding {
		if want := (Usage{0, u.LogicalBytes, u.StoredBytes}); sums[e] != want {
			t.Errorf("encoding %d: got %+v, want %+v", e, sums[e], want)
		}
	}
}
