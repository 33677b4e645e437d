package explore

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"dits/catalog"
	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// mostRows is how many files are looked at together.
const mostRows = 5000

// A selection is which files of which models are asked about.
type selection struct {
	rows    []selected
	leftOut int
}

// A selected file is a row before its bytes are looked at.
type selected struct {
	model int // of the explorer
	path  string
	refs  []string
	file  digest.ID
	size  int64
	age   int
}

// mostOf is how many values of ?of= a question may have.
const mostOf = 200

// selectFiles finds the files of ?of=: MODEL, which is all of its branches, or MODEL@REV; without any, all branches of all
// models.
func (e *Explorer) selectFiles(ctx context.Context, about url.Values) (*selection, error) {
	of, err := e.of(about)
	if err != nil {
		return nil, err
	}
	s := &selection{}
	at := map[selectedKey]int{}
	for _, word := range of {
		name, rev, one := strings.Cut(word, "@")
		i := slices.IndexFunc(e.models, func(m *Model) bool { return m.Name == name })
		if i < 0 {
			return nil, notFound("no model is called %q", name)
		}
		t, m := tips{}, e.models[i]
		if one {
			t, err = m.named(rev)
		} else {
			t, err = m.branches()
		}
		if err == nil {
			err = s.add(ctx, m, i, t, at)
		}
		if err != nil {
			return nil, err
		}
	}
	return s, s.order(e.models)
}

// of are the values of ?of=, each once; without any, all models.
func (e *Explorer) of(about url.Values) ([]string, error) {
	of := once(about["of"])
	if len(of) > mostOf {
		return nil, &WrongError{fmt.Sprintf("of: %d values, want at most %d", len(of), mostOf)}
	}
	if len(of) > 0 {
		return of, nil
	}
	for _, m := range e.models {
		of = append(of, m.Name)
	}
	return of, nil
}

// once is each of some words, in the order in which they came.
func once(words []string) (out []string) {
	known := map[string]bool{}
	for _, word := range words {
		if !known[word] {
			known[word], out = true, append(out, word)
		}
	}
	return out
}

type selectedKey struct {
	model int
	path  string
	file  digest.ID
}

// add adds the files of some revisions of a model.
func (s *selection) add(ctx context.Context, m *Model, model int, of tips, at map[selectedKey]int) error {
	for i, id := range of.commits {
		if err := ctx.Err(); err != nil {
			return err
		}
		files, err := m.Repo.CommitFiles(id)
		if err != nil {
			return err
		}
		s.addFiles(model, of.names[i], files, at)
	}
	return nil
}

// addFiles adds the files of a revision. A row that is there already gets its name.
func (s *selection) addFiles(model int, rev string, files []object.TreeFile, at map[selectedKey]int) {
	for _, f := range files {
		if f.Mode == object.ModeLink {
			continue
		}
		key := selectedKey{model, f.Path, f.ID}
		i, known := at[key]
		if !known {
			if len(s.rows) == mostRows {
				s.leftOut++
				continue
			}
			i = len(s.rows)
			at[key] = i
			s.rows = append(s.rows, selected{model: model, path: f.Path, file: f.ID, size: f.Size})
		}
		if r := &s.rows[i]; !slices.Contains(r.refs, rev) {
			r.refs = append(r.refs, rev)
		}
	}
}

// order tells the ages of the rows, and sorts them by model, path and age. Which of two stores has its files for longer
// is not known: that of the model that is named first counts as older.
func (s *selection) order(models []*Model) error {
	came := make([]catalog.Arrival, len(s.rows))
	for model, m := range models {
		arrivals, err := m.Repo.Catalog.Arrivals(pack.Manifest, s.filesOf(model))
		if err != nil {
			return err
		}
		for i, r := range s.rows {
			if r.model == model {
				came[i] = arrivals[r.file]
			}
		}
	}
	store := func(r selected) int {
		return slices.IndexFunc(models, func(m *Model) bool { return m.Repo.StoreDir == models[r.model].Repo.StoreDir })
	}
	byAge := make([]int, len(s.rows))
	for i := range byAge {
		byAge[i] = i
	}
	slices.SortFunc(byAge, func(i, j int) int {
		a, b := s.rows[i], s.rows[j]
		return cmp.Or(cmp.Compare(store(a), store(b)), came[i].Compare(came[j]), cmp.Compare(i, j))
	})
	for age, i := range byAge {
		s.rows[i].age = age
	}
	slices.SortFunc(s.rows, func(a, b selected) int {
		return cmp.Or(cmp.Compare(a.model, b.model), cmp.Compare(a.path, b.path), cmp.Compare(a.age, b.age))
	})
	return nil
}

// filesOf are the files of one model.
func (s *selection) filesOf(model int) (files []digest.ID) {
	for _, r := range s.rows {
		if r.model == model {
			files = append(files, r.file)
		}
	}
	return files
}
