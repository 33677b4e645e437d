package upkeep

import (
	"cmp"
	"slices"

	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/predict"
)

// offer adds a way to store a member to its options; of two that need the same the cheaper one stays.
func (f *family) offer(options []option, p choose.Price) []option {
	o := option{cost: p.Cost}
	for _, b := range p.Needs {
		if i, ok := f.place[b]; ok {
			o.sources = union(o.sources, []int{i})
		} else {
			o.others = append(o.others, b)
		}
	}
	for i := range options {
		if slices.Equal(options[i].sources, o.sources) && slices.Equal(options[i].others, o.others) {
			options[i].cost = min(options[i].cost, o.cost)
			return options
		}
	}
	return append(options, o)
}

// maxFamilyImportances bounds the importance matrices of a family that are tried on each of its tensors.
const maxFamilyImportances = 4

// gatherImportance gives each member the importance matrices with which the store predicts others: the file that
// they came from need not be in it.
func (f *family) gatherImportance() {
	var known []predict.Importance
	for _, m := range f.members {
		for _, c := range m.chunks {
			if i := f.r.importanceOf(c.ID); i != nil && !slices.Contains(known, *i) {
				known = append(known, *i)
			}
		}
	}
	slices.SortFunc(known, func(a, b predict.Importance) int {
		return cmp.Or(slices.Compare(a.Blob[:], b.Blob[:]), cmp.Compare(a.Off, b.Off), cmp.Compare(a.Divisor, b.Divisor))
	})
	for _, m := range f.members {
		all := slices.Clone(m.Known.Importance)
		for _, i := range known {
			if len(all) < maxFamilyImportances && !slices.Contains(all, i) {
				all = append(all, i)
			}
		}
		m.Known.Importance = all
	}
}

// importanceOf is the importance matrix that a chunk is predicted with, nil for none.
func (r *repacking) importanceOf(chunk digest.ID) *predict.Importance {
	id := r.best[key{pack.Chunk, chunk}].Prediction
	if id.IsZero() {
		return nil
	}
	p, err := r.store.Prediction(id)
	if err != nil {
		return nil
	}
	if r, ok := p.By.(*predict.Recipe); ok {
		return r.Importance
	}
	return nil
}
