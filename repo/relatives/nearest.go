package relatives

import (
	"bytes"
	"math/bits"
	"slices"

	"dits/catalog"
	"dits/tensorstore/digest"
)

const (
	// hashesOfShape bounds what a search looks at for one shape, 40 bytes each.
	hashesOfShape = 1 << 16
	// nearestHashes is how many sketches are compared in a search; farthestHash is in how many of 64
	// bits they may differ. What is not related differs in 20 or more, Q and K that are permuted in 12 to 24.
	nearestHashes = 16
	farthestHash  = 26
)

// nearest are the tensors of the store with the shape of s that are related to it, whatever
// their names, the closest first.
func (b *sketchbook) nearest(s *sketch) ([]found, error) {
	list, err := b.ofShape(s.rows, s.width)
	if err != nil {
		return nil, err
	}
	ids := closestHashes(list, s.hash())
	missing := make([]traced, len(ids))
	for i, id := range ids {
		missing[i].blob = id
	}
	if _, err := b.read(missing); err != nil {
		return nil, err
	}
	var out []found
	for _, id := range ids {
		if c := s.compare(b.known[id]); c.isRelated() {
			out = append(out, found{id, c})
		}
	}
	slices.SortStableFunc(out, func(x, y found) int { return x.order(y.closeness) })
	return out, nil
}

// A found tensor is one that is like another.
type found struct {
	blob digest.ID
	closeness
}

// ofShape lists the store's sketches of one shape.
func (b *sketchbook) ofShape(rows, width int64) ([]catalog.HashedBlob, error) {
	shape := [2]int64{rows, width}
	if list, asked := b.shapes[shape]; asked {
		return list, nil
	}
	list, err := b.folder.Catalog.SketchHashes(rows, width, hashesOfShape)
	if err != nil {
		return nil, err
	}
	// In an order that does not depend on what came first.
	slices.SortFunc(list, func(x, y catalog.HashedBlob) int { return bytes.Compare(x.Blob[:], y.Blob[:]) })
	b.shapes[shape] = list
	return list, nil
}

// closestHashes are the blobs whose hash differs least from h, of those that differ little.
func closestHashes(list []catalog.HashedBlob, h uint64) []digest.ID {
	var by [farthestHash + 1][]digest.ID
	for _, x := range list {
		if d := bits.OnesCount64(x.Hash ^ h); d <= farthestHash && len(by[d]) < nearestHashes {
			by[d] = append(by[d], x.Blob)
		}
	}
	var out []digest.ID
	for _, ids := range by {
		out = append(out, ids[:min(len(ids), nearestHashes-len(out))]...)
	}
	return out
}

// between compares the sketches of two blobs, as far as the book has them.
func (b *sketchbook) between(x, y digest.ID) closeness {
	return b.known[x].compare(b.known[y])
}
