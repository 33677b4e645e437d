package object

import (
	"path"
	"slices"
	"strings"

	"dits/tensorstore/digest"
)

// A Renamed is a file that has another path and the same content, or a model that was changed, too.
type Renamed struct {
	From string `json:"from"`
	To   string `json:"to"`

	// Similarity is only of what was changed, too: the share of the bytes of its tensors that are as they were.
	Similarity *float64 `json:"similarity,omitempty"`
}

// Pairs finds what came among what is gone: a pair of places in the two lists for each that has the same content.
// One that kept its name in another folder goes first, then in order. content tells most that differ apart, same decides.
func Pairs[F any, C comparable](gone, came []F, path func(F) string, content func(F) C,
	same func(a, b F) (bool, error)) ([][2]int, error) {
	p := pairing[F, C]{gone: gone, path: path, content: content, same: same,
		named: map[named[C]][]int{}, left: map[C][]int{}, used: make([]bool, len(gone))}
	for i, f := range gone {
		p.named[p.nameOf(f)] = append(p.named[p.nameOf(f)], i)
		p.left[content(f)] = append(p.left[content(f)], i)
	}
	var pairs [][2]int
	found := make([]bool, len(came))
	for _, sameName := range []bool{true, false} {
		for k, f := range came {
			if found[k] {
				continue
			}
			i, err := p.take(f, sameName)
			if err != nil {
				return nil, err
			}
			if found[k] = i >= 0; found[k] {
				pairs = append(pairs, [2]int{i, k})
			}
		}
	}
	return pairs, nil
}

// A pairing is one call of Pairs.
type pairing[F any, C comparable] struct {
	gone    []F
	path    func(F) string
	content func(F) C
	same    func(a, b F) (bool, error)
	named   map[named[C]][]int // places in gone, by content and name
	left    map[C][]int        // the same by content
	used    []bool             // have a partner
}

// A named is a content under a name without its folder.
type named[C comparable] struct {
	content C
	name    string
}

func (p *pairing[F, C]) nameOf(f F) named[C] { return named[C]{p.content(f), path.Base(p.path(f))} }

// take is the place of the first of what is left that is f, -1 if there is none.
func (p *pairing[F, C]) take(f F, sameName bool) (i int, err error) {
	if sameName {
		i, p.named[p.nameOf(f)], err = p.first(f, p.named[p.nameOf(f)])
	} else {
		i, p.left[p.content(f)], err = p.first(f, p.left[p.content(f)])
	}
	return i, err
}

// first is the first of some places that is left and is f, -1 if there is none, and the places without those at their
// beginning that are used.
func (p *pairing[F, C]) first(f F, places []int) (int, []int, error) {
	for len(places) > 0 && p.used[places[0]] {
		places = places[1:]
	}
	for _, i := range places {
		if p.used[i] {
			continue
		}
		if same, err := p.same(p.gone[i], f); err != nil {
			return -1, places, err
		} else if same {
			p.used[i] = true
			return i, places, nil
		}
	}
	return -1, places, nil
}

// Renames are the files of a whose path b lacks and whose content it has under a path that a lacks; both are ascending
// by path, and so are the renames by the new one. Empty files are all alike, and paired with none.
func Renames(a, b []TreeFile) []Renamed {
	gone, came := apart(a, b), apart(b, a)
	path := func(f TreeFile) string { return f.Path }
	content := func(f TreeFile) digest.ID { return f.ID }
	same := func(f, g TreeFile) (bool, error) { return SameContent(f, g), nil }
	pairs, _ := Pairs(gone, came, path, content, same)
	out := make([]Renamed, len(pairs))
	for i, p := range pairs {
		out[i] = Renamed{From: gone[p[0]].Path, To: came[p[1]].Path}
	}
	slices.SortFunc(out, func(x, y Renamed) int { return strings.Compare(x.To, y.To) })
	return out
}

// AllRenames are Renames, and the models among the other files that were renamed and changed, as
// [Database.AlikePairs] has it.
func (r *Database) AllRenames(a, b []TreeFile) []Renamed {
	out := Renames(a, b)
	paired := map[string]bool{}
	for _, n := range out {
		paired[n.From], paired[n.To] = true, true
	}
	models := func(files []TreeFile) (list [][]TreeFile) {
		for _, f := range files {
			if !paired[f.Path] {
				list = append(list, []TreeFile{f})
			}
		}
		return list
	}
	gone, came := models(apart(a, b)), models(apart(b, a))
	for _, p := range r.AlikePairs(gone, came) {
		from, to := gone[p.Gone][0].Path, came[p.Came][0].Path
		if ModelName(from) != ModelName(to) { // else the model was cut into other files
			out = append(out, Renamed{from, to, &p.Similarity})
		}
	}
	slices.SortFunc(out, func(x, y Renamed) int { return strings.Compare(x.To, y.To) })
	return out
}

// SureRenames are the renames that can be no other: of contents that neither a nor b has under several such paths.
func SureRenames(a, b []TreeFile) []Renamed {
	only := func(files []TreeFile) []TreeFile {
		times := map[digest.ID]int{}
		for _, f := range files {
			times[f.ID]++
		}
		return slices.DeleteFunc(files, func(f TreeFile) bool { return times[f.ID] > 1 })
	}
	gone, came := apart(a, b), apart(b, a)
	return Renames(only(gone), only(came))
}

// apart are the files of a that hold something and whose path b lacks; both are ascending by path.
func apart(a, b []TreeFile) (out []TreeFile) {
	for _, f := range a {
		for len(b) > 0 && b[0].Path < f.Path {
			b = b[1:]
		}
		if f.Size > 0 && (len(b) == 0 || b[0].Path != f.Path) {
			out = append(out, f)
		}
	}
	return out
}
