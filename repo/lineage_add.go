package repo

import (
	"cmp"
	"slices"

	"dits/repo/lineage"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

// sources are the files that tensors just put were stored against, that of the most first:
// by path where HEAD, the index or this call has them, else as REV:PATH. A file that no
// branch or tag leads to has no name and is left out.
func (a *adding) sources(puts []tensorstore.Put) ([]string, error) {
	wanted := map[digest.ID]int{} // tensors by their source
	for _, p := range puts {
		if !p.Source.IsZero() {
			wanted[p.Source]++
		}
	}
	counts := map[string]int{}
	for {
		path, n := a.relatives.TakeAtHand(wanted)
		if n == 0 {
			break
		}
		counts[path] += n
	}
	if len(wanted) > 0 {
		if err := a.takeElsewhere(wanted, counts); err != nil {
			return nil, err
		}
	}
	names := make([]string, 0, len(counts))
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(x, y string) int {
		return cmp.Or(cmp.Compare(counts[y], counts[x]), cmp.Compare(x, y))
	})
	return names, nil
}

// takeElsewhere counts what files of other commits have of wanted.
func (a *adding) takeElsewhere(wanted map[digest.ID]int, counts map[string]int) error {
	k, err := lineage.NewNamer(a.repo.History)
	if err != nil {
		return err
	}
	var ask []*lineage.Source
	for id := range wanted {
		ask = append(ask, &lineage.Source{Blob: id})
	}
	if err := k.Find(digest.ID{}, "", ask, func(digest.ID) bool { return true }); err != nil {
		return err
	}
	for _, s := range ask {
		if !s.Found {
			continue
		}
		rev, err := k.Rev(s.Place.Commit)
		if err != nil {
			return err
		}
		counts[rev+":"+s.Place.Path] += wanted[s.Blob]
	}
	return nil
}
