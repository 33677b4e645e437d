package tensorstore

import (
	"slices"
	"sort"
	"sync"
	"sync/atomic"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// memIndex is an Index in memory.
type memIndex struct {
	mu      sync.Mutex
	packs   map[string]Sealed
	records map[key][]Location
	blobs   map[digest.ID]Blob
	objects []Object
	fail    error // what Adopt returns
	located atomic.Int64
}

func newMemIndex() *memIndex {
	return &memIndex{packs: map[string]Sealed{}, records: map[key][]Location{}, blobs: map[digest.ID]Blob{}}
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

func (x *memIndex) Locate(kind pack.Kind, id digest.ID) ([]Location, error) {
	x.located.Add(1)
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.records[key{kind, id}]), nil
}

func (x *memIndex) LocateAll(kind pack.Kind, ids []digest.ID) (map[digest.ID][]Location, error) {
	found := map[digest.ID][]Location{}
	for _, id := range ids {
		if locs, err := x.Locate(kind, id); err != nil || len(locs) > 0 {
			found[id] = locs
		}
	}
	return found, nil
}

func (x *memIndex) Blob(id digest.ID) (Blob, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if b, ok := x.blobs[id]; ok {
		return b, nil
	}
	if locs := x.records[key{pack.Chunk, id}]; len(locs) > 0 {
		n := locs[0].RawLen
		return Blob{ID: id, Len: n, Chunks: []Span{{id, n}}}, nil
	}
	return Blob{}, &UnknownError{pack.Blob, id}
}

func (x *memIndex) Adopt(p Sealed) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.fail != nil {
		return x.fail
	}
	x.packs[p.Name] = p
	for _, e := range p.Entries {
		k := key{e.Kind, e.ID}
		x.records[k] = append(x.records[k], Location{p.Name, e})
		sort.SliceStable(x.records[k], func(i, j int) bool { return x.records[k][i].Depth < x.records[k][j].Depth })
	}
	for _, b := range p.Blobs {
		x.blobs[b.ID] = b
	}
	x.objects = append(x.objects, p.Objects...)
	return nil
}

func (x *memIndex) Forget(names []string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, n := range names {
		delete(x.packs, n)
	}
	for k, locs := range x.records {
		x.records[k] = slices.DeleteFunc(locs, func(l Location) bool { return slices.Contains(names, l.Pack) })
	}
	return nil
}
