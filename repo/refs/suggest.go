package refs

import (
	"sort"
	"strings"
)

// Unknown is the error for a name that nothing has, with the names nearest to it.
func (r *Refs) Unknown(name string) error {
	near, err := r.nearest("", name)
	if err != nil {
		return err
	}
	return Missing("revision %q: %v%s", name, ErrUnknownRevision, near)
}

// NoRef is the error for a name that no branch or tag has, which prefix says, with the names nearest to it.
func (r *Refs) NoRef(prefix, name string) error {
	near, err := r.nearest(prefix, name)
	if err != nil {
		return err
	}
	return Missing("no %s %s%s", kindOf(prefix), name, near)
}

// nearest is " (did you mean A, B?)" of refs below prefix, or "".
func (r *Refs) nearest(prefix, name string) (string, error) {
	refs, err := r.GoodRefs(prefix)
	if err != nil {
		return "", err
	}
	names := make([]string, len(refs))
	for i, ref := range refs {
		names[i] = ref.Short()
	}
	if names = Nearest(name, names); len(names) == 0 {
		return "", nil
	}
	return " (did you mean " + strings.Join(names, ", ") + "?)", nil
}

// Nearest returns up to three of the names: those that contain name or are
// few edits away, nearest first.
func Nearest(name string, names []string) []string {
	type candidate struct {
		name string
		far  int
	}
	var all []candidate
	for _, short := range names {
		far := editDistance(name, short)
		if len(name) > 1 && strings.Contains(strings.ToLower(short), strings.ToLower(name)) {
			far = min(far, 1)
		}
		if far <= farthest(name) && far < len(name) {
			all = append(all, candidate{short, far})
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].far < all[j].far })
	var out []string
	for _, c := range all[:min(3, len(all))] {
		out = append(out, c.name)
	}
	return out
}

// farthest is how many edits away a name may be that is meant: of a short one little is left after two.
func farthest(name string) int { return min(max(1, len(name)/3), 3) }

// editDistance is Levenshtein's, over bytes, but that two neighbours in the wrong order are one edit; names longer than
// 100 are as far as they are long.
func editDistance(a, b string) int {
	if len(a) > 100 || len(b) > 100 {
		return max(len(a), len(b))
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, row[j]+1, last[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
