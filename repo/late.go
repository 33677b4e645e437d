package repo

import (
	"slices"
	"strings"

	"dits/catalog"
	"dits/formats"
	"dits/repo/lineage"
	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

// A LateFile is a file that came after its quants: most of it is floats stored against these, which should take less
// stored against it. Its JSON form is a contract.
type LateFile struct {
	Path    string   `json:"path"`
	Sources []string `json:"sources"` // the quants, by path or REV:PATH
}

// A lateness counts the bytes of a file, and those of floats stored against quants.
type lateness struct{ late, all int64 }

func (l *lateness) add(bytes int64, fromQuant bool) {
	if l.all += bytes; fromQuant {
		l.late += bytes
	}
}

// is says that most bytes are: the file is what the quants were made of, or like it, and came after them.
func (l lateness) is() bool { return l.late > l.all/2 }

// isLate says whether a file that was just put is late.
func isLate(file catalog.File, puts []tensorstore.Put) bool {
	var l lateness
	for i, s := range file.Layout.Segments {
		if s.Kind == formats.Data {
			l.add(s.Len, puts[i].Prediction != nil && lineage.FromQuant(puts[i].Prediction))
		}
	}
	return l.is()
}

// lateFiles are the late ones among the files that the commit c brought, as they are stored today. Only where there are
// quants beside them is it looked for.
func (r *Repo) lateFiles(c catalog.Commit, changes []work.Change, before, after []object.TreeFile) ([]LateFile, error) {
	late := []LateFile{}
	isGGUF := func(f object.TreeFile) bool { return strings.HasSuffix(f.Path, ".gguf") }
	if !slices.ContainsFunc(before, isGGUF) && !slices.ContainsFunc(after, isGGUF) {
		return late, nil
	}
	had, has := map[digest.ID]bool{}, object.ByPath(after)
	for _, f := range before {
		had[f.ID] = true
	}
	names, err := lineage.NewNamer(r.History)
	if err != nil {
		return nil, err
	}
	for _, ch := range changes {
		f, there := has[ch.Path]
		if !there || f.Mode == object.ModeLink || had[f.ID] {
			continue
		}
		is, err := r.isLateFile(names.Storage, f.ID)
		if err != nil {
			return nil, err
		}
		if !is {
			continue
		}
		from, err := names.Sources(c, []work.Change{ch})
		if err != nil {
			return nil, err
		}
		late = append(late, LateFile{f.Path, sourceNames(from[f.Path])})
	}
	return late, nil
}

// isLateFile says whether a stored file is late.
func (r *Repo) isLateFile(s *lineage.StorageReader, id digest.ID) (bool, error) {
	f, err := r.ReadFile(id)
	if err != nil || len(f.Layout.Tensors) == 0 {
		return false, err
	}
	stored, err := r.Catalog.Storage(id)
	if err != nil {
		return false, err
	}
	var l lateness
	for i, t := range f.Layout.Tensors {
		p, err := s.Prediction(stored[i].Prediction)
		if err != nil {
			return false, err
		}
		l.add(t.Len, p.Quant)
	}
	return l.is(), nil
}

// sourceNames are files as people name them; those that no branch or tag leads to are left out.
func sourceNames(all []lineage.FileSource) []string {
	names := []string{}
	for _, s := range all {
		if s.Path != "" {
			names = append(names, nameAt(s.Path, s.Rev))
		}
	}
	return names
}
