package repo

import (
	"cmp"

	"dits/catalog"
	"dits/formats"
	"dits/repo/lineage"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

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
		u := use{way: lineage.RecipeOf(p.Prediction)}
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
	done.Recipe = &lineage.Recipe{Way: most.way, With: []string{}}
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
	return cmp.Or(a.importances.Name(id), a.adapters.Name(id))
}
