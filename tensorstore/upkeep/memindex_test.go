package upkeep

import (
	"slices"
	"sort"
	"sync"

	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// memIndex is an index in memory.
type memIndex struct {
	mu      sync.Mutex
	packs   map[string]tensorstore.Sealed
	records map[key][]tensorstore.Location
	blobs   map[digest.ID]tensorstore.Blob
}

func newMemIndex() *memIndex {
	return &memIndex{packs: map[string]tensorstore.Sealed{}, records: map[key][]tensorstore.Location{},
		blobs: map[digest.ID]tensorstore.Blob{}}
}

func (x *memIndex) Packs() ([]string, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var names []string
	for n := range x.packs {
		names = append(names, n)
	}
	return names, nil
}

func (x *memIndex) Locate(kind pack.Kind, id digest.ID) ([]tensorstore.Location, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.records[key{kind, id}]), nil
}

func (x *memIndex) LocateAll(kind pack.Kind, ids []digest.ID) (map[digest.ID][]tensorstore.Location, error) {
	found := map[digest.ID][]tensorstore.Location{}
	for _, id := range ids {
		if locs, err := x.Locate(kind, id); err != nil || len(locs) > 0 {
			found[id] = locs
		}
	}
	return found, nil
}

func (x *memIndex) Blob(id digest.ID) (tensorstore.Blob, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if b, ok := x.blobs[id]; ok {
		return b, nil
	}
	if locs := x.records[key{pack.Chunk, id}]; len(locs) > 0 {
		n := locs[0].RawLen
		return tensorstore.Blob{ID: id, Len: n, Chunks: []tensorstore.Span{{ID: id, Len: n}}}, nil
	}
	return tensorstore.Blob{}, &tensorstore.UnknownError{Kind: pack.Blob, ID: id}
}

func (x *memIndex) Adopt(p tensorstore.Sealed) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, known := x.packs[p.Name]; known {
		return nil
	}
	x.packs[p.Name] = p
	for _, e := range p.Entries {
		k := key{e.Kind, e.ID}
		x.records[k] = append(x.records[k], tensorstore.Location{Pack: p.Name, Entry: e})
		sort.SliceStable(x.records[k], func(i, j int) bool { return x.records[k][i].Depth < x.records[k][j].Depth })
	}
	for _, b := range p.Blobs {
		x.blobs[b.ID] = b
	}
	return nil
}

func (x *memIndex) Forget(names []string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, n := range names {
		delete(x.packs, n)
	}
	for k, locs := range x.records {
		x.records[k] = slices.DeleteFunc(locs, func(l tensorstore.Location) bool { return slices.Contains(names, l.Pack) })
	}
	return nil
}
