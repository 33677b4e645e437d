package repo

import (
	"cmp"
	"slices"

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
		path, n := a.takeNear(wanted)
		if n == 0 {
			break
		}
		counts[path] += n
	}
	if len(wanted) > 0 {
		if err := a.takeFar(wanted, counts); err != nil {
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

// takeNear takes from wanted what the one near file has that has the most of it.
func (a *adding) takeNear(wanted map[digest.ID]int) (path string, most int) {
	var best *member
	for _, m := range a.relatives.near {
		n := 0
		for _, b := range distinct(m.file.Blobs) {
			n += wanted[b]
		}
		if n > most {
			best, most = m, n
		}
	}
	if best == nil {
		return "", 0
	}
	for _, b := range best.file.Blobs {
		delete(wanted, b)
	}
	return best.path, most
}

// takeFar counts what files of other commits have of wanted.
func (a *adding) takeFar(wanted map[digest.ID]int, counts map[string]int) error {
	k, err := NewNamer(a.repo)
	if err != nil {
		return err
	}
	var ask []*sought
	for id := range wanted {
		ask = append(ask, &sought{blob: id})
	}
	if err := k.find(digest.ID{}, "", ask, func(digest.ID) bool { return true }); err != nil {
		return err
	}
	for _, s := range ask {
		if !s.found {
			continue
		}
		rev, err := k.Rev(s.place.Commit)
		if err != nil {
			return err
		}
		counts[rev+":"+s.place.Path] += wanted[s.blob]
	}
	return nil
}

// distinct is the IDs, each once.
func distinct(ids []digest.ID) []digest.ID {
	seen := make(map[digest.ID]bool, len(ids))
	return slices.DeleteFunc(slices.Clone(ids), func(id digest.ID) bool {
		again := seen[id]
		seen[id] = true
		return again
	})
}
