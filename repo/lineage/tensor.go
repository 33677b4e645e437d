package lineage

import (
	"fmt"

	"dits/tensorstore/digest"
)

// A TensorSource is a tensor that another one is stored against.
type TensorSource struct {
	Digest digest.ID `json:"digest"`
	Path   string    `json:"path"`   // of a file that has it; "" when no branch or tag leads to one
	Tensor string    `json:"tensor"` // its name there
	Rev    string    `json:"rev"`    // where that file is, "" in the same commit
}

// TensorSources finds names for blobs that the file of p is stored against: among what was
// there when the file came in, then before, then anywhere.
func (k *Namer) TensorSources(p Place, blobs []digest.ID) (map[digest.ID]TensorSource, error) {
	from, err := k.cameIn(p)
	if err != nil {
		return nil, err
	}
	all := make([]*Source, len(blobs))
	for i, b := range blobs {
		all[i] = &Source{Blob: b}
	}
	if err := k.Find(from, p.Path, all, func(digest.ID) bool { return true }); err != nil {
		return nil, fmt.Errorf("where it comes from: %w", err)
	}
	out := make(map[digest.ID]TensorSource, len(all))
	for _, s := range all {
		src, err := k.tensorSource(p.Commit, s)
		if err != nil {
			return nil, err
		}
		out[s.Blob] = src
	}
	return out, nil
}

// tensorSource is what was found, as seen from a commit.
func (k *Namer) tensorSource(from digest.ID, s *Source) (TensorSource, error) {
	src := TensorSource{Digest: s.Blob, Path: s.Place.Path, Tensor: s.tensor}
	if !s.Found {
		return src, nil
	}
	var err error
	src.Rev, err = k.revFrom(from, s.Place)
	return src, err
}
