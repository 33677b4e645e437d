package lineage

import "slices"

// A Tree is models, each below the one that the most of its tensors came from.
type Tree struct {
	Models []*Model            // all, one after those it came from as far as that can be
	Roots  []*Model            // that came from none of the others
	Below  map[*Model][]*Model // what came from a model
	Above  map[*Model]*Model
}

// Tree arranges the models. Where they came from each other, as after a repack, one of them takes the next of its
// sources instead. A model that only has the same tensors as another, as quants of one ladder have, stands beside that:
// below what the rest of both was made of.
func (l *Lineage) Tree() *Tree {
	t := &Tree{Models: l.Models(), Below: map[*Model][]*Model{}, Above: map[*Model]*Model{}}
	for _, m := range t.Models {
		for _, s := range m.Sources {
			if s.Of != nil && !t.isAbove(m, s.Of) {
				t.Above[m] = t.madeOf(m, s)
				break
			}
		}
		if p := t.Above[m]; p != nil {
			t.Below[p] = append(t.Below[p], m)
		} else {
			t.Roots = append(t.Roots, m)
		}
	}
	return t
}

// madeOf is what m and a source of it that it only has tensors of were made of, else the source.
func (t *Tree) madeOf(m *Model, s ModelSource) *Model {
	above := t.Above[s.Of]
	made := func(o ModelSource) bool { return o.Of == above && o.Made }
	ladder := m.Derived > 0 && s.Of.Derived > 0 // and not versions of one model
	if s.Made || !ladder || above == nil || !slices.ContainsFunc(m.Sources, made) || t.isAbove(m, above) {
		return s.Of
	}
	return above
}

// isAbove says that a is m, or anywhere above it.
func (t *Tree) isAbove(a, m *Model) bool {
	for ; m != nil; m = t.Above[m] {
		if m == a {
			return true
		}
	}
	return false
}
