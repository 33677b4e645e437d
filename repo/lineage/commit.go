package lineage

import (
	"fmt"

	"dits/catalog"
	"dits/repo/history"
	"dits/repo/work"
	"dits/tensorstore/digest"
)

// Sources says for the files that a commit changed what the tensors that it brought are
// stored against, by path. A file that needs no other has no entry. Records as they are
// today count: a repack may have found a better source since.
func (k *Namer) Sources(c catalog.Commit, changes []work.Change) (map[string][]FileSource, error) {
	out := map[string][]FileSource{}
	for _, ch := range changes {
		id, err := k.Files.At(c.Tree, ch.Path)
		if err != nil || id.IsZero() { // removed, or a link
			if err != nil {
				return nil, err
			}
			continue
		}
		sources, err := k.sourcesOf(c, Place{ch.Path, id, c.ID})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", ch.Path, err)
		}
		if len(sources) > 0 {
			out[ch.Path] = sources
		}
	}
	return out, nil
}

// sourcesOf is what the file of p is stored against, apart from tensors that the first
// parent's file of that path has too.
func (k *Namer) sourcesOf(c catalog.Commit, p Place) ([]FileSource, error) {
	now, err := k.Files.List(p.File)
	if err != nil || len(now.Names) == 0 {
		return nil, err
	}
	var before history.Before
	if len(c.Parents) > 0 {
		if before, err = k.Files.Before(c, p.Path, c.Parents[0]); err != nil {
			return nil, err
		}
	}
	stored, err := k.Files.History.Catalog.Storage(p.File)
	if err != nil {
		return nil, err
	}
	byBlob, made := map[digest.ID]*Source{}, make([]*Prediction, len(now.Names))
	var ask []*Source
	for i := range now.Names {
		if f, _ := before.Find(now, i); f != nil {
			continue
		}
		w, err := k.Storage.Prediction(stored[i].Prediction)
		if err != nil {
			return nil, err
		}
		if w.kind != "" {
			made[i] = w
		}
		for _, id := range w.Sources {
			if byBlob[id] == nil {
				byBlob[id] = &Source{Blob: id}
				ask = append(ask, byBlob[id])
			}
		}
	}
	if err := k.Find(p.Commit, p.Path, ask, func(file digest.ID) bool { return file != p.File }); err != nil {
		return nil, err
	}
	if len(ask) == 0 {
		return nil, nil
	}
	return k.tallyOf(p, made, stored, byBlob)
}

// tallyOf adds up what the tensors of a file that predictions make came from, nil of those that are not asked about.
func (k *Namer) tallyOf(p Place, made []*Prediction, stored []catalog.Storage,
	found map[digest.ID]*Source) ([]FileSource, error) {
	file, err := k.Files.History.ReadFile(p.File)
	if err != nil {
		return nil, err
	}
	costs, err := k.costs(stored)
	if err != nil {
		return nil, err
	}
	t := tally{map[digest.ID]*FileSource{}}
	for i, w := range made {
		if w == nil {
			continue
		}
		b := SourceBytes{file.Layout.Tensors[i].Len, costs.of(i), false}
		kind, ids := w.told(b.Stored, b.Whole)
		b.Derived = w.Derived && kind != kindDelta
		var from []*Source
		for _, id := range ids {
			from = append(from, found[id])
		}
		t.add(kind, b, from)
	}
	return k.list(&t, p.Commit)
}
