package repo

import (
	"dits/catalog"
	"dits/formats"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

// A Recipe is how tensors are computed from others.
type Recipe struct {
	Way    string   `json:"way"`    // rounded, hinted or replayed by a quantiser; cast, arranged, merged, scaled, scales
	Source string   `json:"source"` // file with their values, as PATH or REV:PATH; "" when no branch or tag leads to it
	With   []string `json:"with"`   // files of adapters and importance matrices that were used, named alike
}

// recipe notes of the tensors just put what the derived ones took, and the recipe of most of their bytes.
func (a *adding) recipe(file catalog.File, puts []tensorstore.Put, done *Added) error {
	type use struct{ way, with string }
	bytes, most := map[use]int64{}, use{}
	var derived []tensorstore.Put
	for i, p := range puts {
		s := file.Layout.Segments[i]
		if s.Kind != formats.Data || p.Known || !p.Derived {
			continue
		}
		done.DerivedLogical += s.Len
		done.DerivedResidual += p.Stored
		derived = append(derived, p)
		u := use{way: recipeOf(p.Prediction)}
		for _, id := range p.Prediction.Helpers() {
			u.with = a.helperName(id)
		}
		if bytes[u] += s.Len; bytes[u] > bytes[most] {
			most = u
		}
	}
	if len(derived) == 0 {
		return nil
	}
	done.Recipe = &Recipe{Way: most.way, With: []string{}}
	if most.with != "" {
		done.Recipe.With = append(done.Recipe.With, most.with)
	}
	sources, err := a.sources(derived)
	if len(sources) > 0 {
		done.Recipe.Source = sources[0]
	}
	return err
}

// helperName is the file that has the blob of an adapter or importance matrix, "" for one that is not known.
func (a *adding) helperName(id digest.ID) string {
	if name, ok := a.importances.files[id]; ok {
		return name
	}
	return a.adapters.files[id]
}
