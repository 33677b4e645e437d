package refs

import (
	"fmt"
	"sort"
	"strings"
)

// Unknown is the error for a name that nothing has, with the names nearest to it.
func (r *Refs) Unknown(name string) error {
	refs, err := r.GoodRefs("")
	if err != nil {
		return err
	}
	names := make([]string, len(refs))
	for i, ref := range refs {
		names[i] = ref.Short()
	}
	if near := Nearest(name, names); len(near) > 0 {
		return fmt.Errorf("revision %q: %w (did you mean %s?)", name, ErrUnknownRevision, strings.Join(near, ", "))
	}
	return fmt.Errorf("revision %q: %w", name, ErrUnknownRevision)
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
		if far <= 1+len(name)/4 {
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

// editDistance is Levenshtein's, over bytes; names longer than 100 are as far as
// they are long.
func editDistance(a, b string) int {
	if len(a) > 100 || len(b) > 100 {
		return max(len(a), len(b))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
