package relatives

import (
	"context"
	"math"
	"slices"

	"dits/repo/work"
	"dits/tensorstore/digest"
	"dits/tensorstore/upkeep"
)

// A rehoming moves tensors between families. Sketches are read family by family: those of a
// whole store may not fit into memory.
type rehoming struct {
	book    *sketchbook
	home    map[digest.ID]int // family of each blob
	tensors map[digest.ID]upkeep.Tensor
	settled map[digest.ID]bool // has something like it in its family
}

// rehome moves each tensor that is like no other of its family to where the one is that it is
// most like, whatever both are called. Sketches that are missing are made, which reads parts of the store.
func rehome(ctx context.Context, r *work.Folder, families [][]upkeep.Tensor) ([][]upkeep.Tensor, error) {
	h := rehoming{newSketchbook(r), map[digest.ID]int{}, map[digest.ID]upkeep.Tensor{}, map[digest.ID]bool{}}
	h.book.left = math.MaxInt
	for i, f := range families {
		for _, t := range f {
			h.home[t.Blob], h.tensors[t.Blob] = i, t
		}
	}
	for _, f := range families {
		if err := h.settle(ctx, f); err != nil {
			return nil, err
		}
	}
	for _, f := range families {
		for _, t := range f {
			if err := h.move(t); err != nil {
				return nil, err
			}
		}
	}
	return h.families(families), nil
}

// settle makes the sketches of a family, and notes which of its tensors are like another.
func (h *rehoming) settle(ctx context.Context, f []upkeep.Tensor) error {
	defer h.book.forget()
	all := make([]traced, len(f))
	for i, t := range f {
		all[i] = traced{t.Blob, t.Known.DType, t.Known.Shape}
	}
	if err := h.book.ofStore(ctx, all); err != nil {
		return err
	}
	for i, t := range f {
		h.settled[t.Blob] = h.settled[t.Blob] || slices.ContainsFunc(f[i+1:], func(o upkeep.Tensor) bool {
			if !h.book.between(t.Blob, o.Blob).isRelated() || !eitherMakes(t, o) {
				return false
			}
			h.settled[o.Blob] = true
			return true
		})
	}
	return nil
}

// eitherMakes says that one of two tensors can be made from the other.
func eitherMakes(a, b upkeep.Tensor) bool {
	return canMake(a.Known.DType, b.Known.DType) || canMake(b.Known.DType, a.Known.DType)
}

// move finds a family for a tensor that is like none of its own.
func (h *rehoming) move(t upkeep.Tensor) error {
	if h.settled[t.Blob] {
		return nil
	}
	defer h.book.forget()
	if _, err := h.book.read([]traced{{blob: t.Blob}}); err != nil {
		return err
	}
	s := h.book.known[t.Blob]
	if s == nil || len(s.values) == 0 {
		return nil
	}
	like, err := h.book.nearest(s)
	if err != nil {
		return err
	}
	for _, n := range like {
		if o, ok := h.tensors[n.blob]; ok && n.blob != t.Blob && eitherMakes(t, o) {
			h.home[t.Blob] = h.home[n.blob]
			h.settled[n.blob], h.settled[t.Blob] = true, true
			break
		}
	}
	return nil
}

// families are the tensors by their homes, in the order of the families that were and in each by digest.
func (h *rehoming) families(were [][]upkeep.Tensor) [][]upkeep.Tensor {
	now := make([][]upkeep.Tensor, len(were))
	for _, f := range were {
		for _, t := range f {
			i := h.home[t.Blob]
			now[i] = append(now[i], t)
		}
	}
	for _, f := range now {
		slices.SortFunc(f, func(a, b upkeep.Tensor) int { return slices.Compare(a.Blob[:], b.Blob[:]) })
	}
	return slices.DeleteFunc(now, func(f []upkeep.Tensor) bool { return len(f) == 0 })
}
