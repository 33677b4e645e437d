package merge

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"dits/repo/object"
)

// A triple is a file as the base, HEAD and the other side of a merge have it, under whatever names. Absent is the zero
// TreeFile.
type triple struct {
	base, ours, theirs object.TreeFile
	path               string // where it is in the result, if it is there
}

// pathOf is where a file of the result is: where the side that renamed it has it; that of HEAD if both did, unless the
// strategy is the other's.
func pathOf(t triple, s Strategy) string {
	switch names := t.names(); {
	case names != "" && s == Theirs, names == "" && t.ours.Path == t.base.Path:
		return cmp.Or(t.theirs.Path, t.ours.Path, t.base.Path)
	}
	return cmp.Or(t.ours.Path, t.theirs.Path, t.base.Path)
}

// moved says that a side has a file of the base under another name.
func (t triple) moved(side object.TreeFile) bool {
	return t.base.Path != "" && side.Path != "" && side.Path != t.base.Path
}

// names says why the names that both sides have for a file do not go together, "" if they do.
func (t triple) names() string {
	switch ours, theirs := t.moved(t.ours), t.moved(t.theirs); {
	case ours && t.theirs.Path == "":
		return "renamed from " + t.base.Path + " in HEAD, removed in the other"
	case theirs && t.ours.Path == "":
		return "removed in HEAD, renamed from " + t.base.Path + " in the other"
	case ours && theirs && t.ours.Path != t.theirs.Path:
		return "renamed from " + t.base.Path + " in HEAD, to " + t.theirs.Path + " in the other"
	}
	return ""
}

// A Merge is the merge of two trees that come from a third, by file and by tensor. Without conflicts, Store
// makes what is new in it; then Files is the result.
type Merge struct {
	Files     []object.TreeFile // the result, ascending by path; those that have to be made have no ID yet
	Changed   []MergedFile      // that are not as ours had them
	Conflicts []Conflict

	db       *object.Database
	like     func(a, b object.TreeFile) bool // two contents can be one file that changed; nil: none can
	strategy Strategy
	pending  []*tensorMerge
}

// Trees merges the files of ours and theirs, which both come from base.
func Trees(r *object.Database, base, ours, theirs []object.TreeFile, s Strategy) (*Merge, error) {
	m := &Merge{db: r, strategy: s, Changed: []MergedFile{}, Conflicts: []Conflict{}}
	m.like = m.alike
	for _, t := range m.triples(base, ours, theirs) {
		changed := len(m.Changed)
		f, merge, err := m.file(t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.path, err)
		}
		if f.Path != "" {
			f.Path = t.path
			m.rename(t, changed)
		}
		if merge != nil {
			merge.at = len(m.Files)
			m.pending = append(m.pending, merge)
		}
		if f.Path != "" {
			m.Files = append(m.Files, f)
		}
	}
	m.findTwice()
	m.findNested(m.Files)
	return m, nil
}

// BeforeStore is Files with those that are still to be made as they are in ours: whether they may be written
// is known when their content is, for a merge that was cut off may have written it.
func (m *Merge) BeforeStore(ours []object.TreeFile) []object.TreeFile {
	files, were := slices.Clone(m.Files), object.ByPath(ours)
	for _, t := range m.pending {
		files[t.at] = were[files[t.at].Path]
	}
	return files
}

// conflict notes something that both sides changed.
func (m *Merge) conflict(path, tensor, reason string) {
	m.Conflicts = append(m.Conflicts, Conflict{path, tensor, reason})
}

// rename tells of a file of the result that HEAD has under another name; what was told of it is at changed or after.
func (m *Merge) rename(t triple, changed int) {
	if t.ours.Path == "" || t.ours.Path == t.path {
		return
	}
	if len(m.Changed) == changed {
		m.Changed = append(m.Changed, MergedFile{How: "renamed"})
	}
	m.Changed[changed].Path, m.Changed[changed].From = t.path, t.ours.Path
}

// triples are all files of the three trees, ascending by the path that they are to have. A file that a side renamed
// goes with that of its old name.
func (m *Merge) triples(base, ours, theirs []object.TreeFile) []triple {
	all := map[string]*triple{}
	was := m.oldNames(base, ours, theirs)
	for i, files := range [][]object.TreeFile{base, ours, theirs} {
		for _, f := range files {
			name := f.Path
			if i > 0 {
				name = cmp.Or(was[i-1][f.Path], name)
			}
			if all[name] == nil {
				all[name] = &triple{}
			}
			*[]*object.TreeFile{&all[name].base, &all[name].ours, &all[name].theirs}[i] = f
		}
	}
	out := make([]triple, 0, len(all))
	for _, t := range all {
		t.path = pathOf(*t, m.strategy)
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b triple) int {
		return cmp.Or(strings.Compare(a.path, b.path), strings.Compare(a.base.Path, b.base.Path))
	})
	return out
}

// oldNames are the names in the base of files that each side renamed, by their new names. A side that has a model by the
// name to which the other side renamed one, and not the old one, has renamed it too, and changed it, if it is alike.
func (m *Merge) oldNames(base, ours, theirs []object.TreeFile) (was [2]map[string]string) {
	sides := [2][]object.TreeFile{ours, theirs}
	var renames [2][]object.Renamed
	var moved [2]map[string]bool // by the old name
	for i, side := range sides {
		was[i], moved[i], renames[i] = map[string]string{}, map[string]bool{}, object.SureRenames(base, side)
		for _, r := range renames[i] {
			was[i][r.To], moved[i][r.From] = r.From, true
		}
	}
	before := object.ByPath(base)
	for i, side := range sides {
		has := object.ByPath(side)
		for _, r := range renames[1-i] {
			_, old := has[r.From]
			now, new := has[r.To]
			if new && !old && was[i][r.To] == "" && !moved[i][r.From] &&
				m.like != nil && m.like(before[r.From], now) {
				was[i][r.To] = r.From
			}
		}
	}
	return was
}

// alike says that a model has at least half of the tensors of another, by their names.
func (m *Merge) alike(a, b object.TreeFile) bool {
	if a.Mode == object.ModeLink || b.Mode == object.ModeLink {
		return false
	}
	x, errx := m.db.ReadFile(a.ID)
	y, erry := m.db.ReadFile(b.ID)
	if errx != nil || erry != nil {
		return false
	}
	return object.Alike(x.Layout.Tensors, y.Layout.Tensors)
}

// file decides about one path: its file in the result, zero for none, and how to make its content
// if that is neither side's.
func (m *Merge) file(t triple) (object.TreeFile, *tensorMerge, error) {
	switch {
	case t.names() != "":
		return m.whole(t, false), nil, nil
	case object.SameFile(t.ours, t.theirs) || object.SameFile(t.base, t.theirs):
		return t.ours, nil, nil
	case object.SameFile(t.base, t.ours):
		return m.take(t), nil, nil
	}
	mode, modes := mergeModes(t)
	if modes && (t.ours.ID == t.theirs.ID || t.base.ID == t.theirs.ID) { // one changed the content, one the mode
		return m.remoded(t, t.ours, mode), nil, nil
	}
	if modes && t.base.ID == t.ours.ID {
		return m.remoded(t, t.theirs, mode), nil, nil
	}
	var told bool
	if modes {
		f, merge, outcome, err := m.tensors(t, mode)
		if err != nil || outcome == putTogether {
			return f, merge, err
		}
		told = outcome == conflictsNamed
	}
	return m.whole(t, told), nil, nil
}

// take is theirs, or nothing where they removed it.
func (m *Merge) take(t triple) object.TreeFile {
	how := "theirs"
	if t.theirs.Path == "" {
		how = "removed"
	}
	m.Changed = append(m.Changed, MergedFile{Path: t.path, How: how})
	return t.theirs
}

// remoded is the content of one side with a merged mode.
func (m *Merge) remoded(t triple, f object.TreeFile, mode uint32) object.TreeFile {
	f.Mode = mode
	if !object.SameFile(f, t.ours) {
		m.Changed = append(m.Changed, MergedFile{Path: t.path, How: "merged"})
	}
	return f
}

// mergeModes is the mode of a file that both sides have. ok is false where one has none, or a link.
func mergeModes(t triple) (mode uint32, ok bool) {
	if t.ours.Path == "" || t.theirs.Path == "" || t.ours.Mode == object.ModeLink || t.theirs.Mode == object.ModeLink {
		return 0, false
	}
	if t.base.Mode == t.ours.Mode {
		return t.theirs.Mode, true
	}
	return t.ours.Mode, true
}

// whole is a file that both sides changed and that cannot be put together: one of them as a whole, or
// a conflict, unless its tensors have been named as such.
func (m *Merge) whole(t triple, told bool) object.TreeFile {
	switch m.strategy {
	case Theirs:
		return m.take(t)
	case Ours:
	default:
		if !told {
			m.conflict(t.path, "", reasonOf(t))
		}
	}
	return t.ours
}

// reasonOf says what both sides did.
func reasonOf(t triple) string {
	switch names := t.names(); {
	case names != "":
		return names
	case t.ours.Path == "":
		return "removed in HEAD, changed in the other"
	case t.theirs.Path == "":
		return "changed in HEAD, removed in the other"
	case t.base.Path == "":
		return "added on both sides"
	}
	return "changed on both sides"
}

// findTwice finds files of the result that have one path: one side made a file where the other renamed one to.
func (m *Merge) findTwice() {
	for i, f := range m.Files[min(1, len(m.Files)):] {
		if f.Path == m.Files[i].Path {
			m.conflict(f.Path, "", "added on one side, the new name of another file on the other")
		}
	}
}

// findNested finds files where the result needs a folder: one side made a file, the other a folder.
func (m *Merge) findNested(files []object.TreeFile) {
	have := make(map[string]bool, len(files))
	for _, f := range files {
		have[f.Path] = true
	}
	for _, f := range files {
		for i, c := range f.Path {
			if c == '/' && have[f.Path[:i]] {
				m.conflict(f.Path[:i], "", "a file on one side, a folder with "+f.Path+" on the other")
			}
		}
	}
}
