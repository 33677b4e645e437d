package repo

import (
	"fmt"
	"slices"
	"strings"

	"dits/tensorstore/digest"
)

// A triple is a file as the base, HEAD and the other side of a merge have it. Absent is the zero TreeFile.
type triple struct{ base, ours, theirs TreeFile }

func (t triple) path() string {
	for _, f := range []TreeFile{t.ours, t.theirs, t.base} {
		if f.Path != "" {
			return f.Path
		}
	}
	return ""
}

// files merges the trees of HEAD and of what is merged. The files whose tensors have to be put
// together are listed with no ID yet, and how to make each of them.
func (m *merging) files(base digest.ID) (files []TreeFile, pending []*tensorMerge, err error) {
	triples, err := m.triples(base)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range triples {
		f, merge, err := m.file(t)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", t.path(), err)
		}
		if merge != nil {
			merge.at = len(files)
			pending = append(pending, merge)
		}
		if f.Path != "" {
			files = append(files, f)
		}
	}
	m.findNested(files)
	return files, pending, nil
}

// triples are all paths of the three trees, ascending.
func (m *merging) triples(base digest.ID) ([]triple, error) {
	all := map[string]*triple{}
	for i, id := range []digest.ID{base, m.head.Commit, m.theirs} {
		files, err := m.repo.commitFiles(id)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if all[f.Path] == nil {
				all[f.Path] = &triple{}
			}
			*[]*TreeFile{&all[f.Path].base, &all[f.Path].ours, &all[f.Path].theirs}[i] = f
		}
	}
	out := make([]triple, 0, len(all))
	for _, t := range all {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b triple) int { return strings.Compare(a.path(), b.path()) })
	return out, nil
}

// file decides about one path: its file in the result, zero for none, and how to make its content
// if that is neither side's.
func (m *merging) file(t triple) (TreeFile, *tensorMerge, error) {
	switch {
	case sameFile(t.ours, t.theirs) || sameFile(t.base, t.theirs):
		return t.ours, nil, nil
	case sameFile(t.base, t.ours):
		return m.take(t), nil, nil
	}
	mode, modes := mergeModes(t)
	if modes && (t.ours.ID == t.theirs.ID || t.base.ID == t.theirs.ID) { // one changed the content, one the mode
		return m.remoded(t, t.ours, mode), nil, nil
	}
	if modes && t.base.ID == t.ours.ID {
		return m.remoded(t, t.theirs, mode), nil, nil
	}
	m.named = false
	if modes {
		f, merge, ok, err := m.tensors(t, mode)
		if err != nil || ok {
			return f, merge, err
		}
	}
	return m.whole(t), nil, nil
}

// take is theirs, or nothing where they removed it.
func (m *merging) take(t triple) TreeFile {
	how := "theirs"
	if t.theirs.Path == "" {
		how = "removed"
	}
	m.result.Files = append(m.result.Files, MergedFile{Path: t.path(), How: how})
	return t.theirs
}

// remoded is the content of one side with a merged mode.
func (m *merging) remoded(t triple, f TreeFile, mode uint32) TreeFile {
	f.Mode = mode
	if !sameFile(f, t.ours) {
		m.result.Files = append(m.result.Files, MergedFile{Path: f.Path, How: "merged"})
	}
	return f
}

// mergeModes is the mode of a file that both sides have. ok is false where one has none, or a link.
func mergeModes(t triple) (mode uint32, ok bool) {
	if t.ours.Path == "" || t.theirs.Path == "" || t.ours.Mode == ModeLink || t.theirs.Mode == ModeLink {
		return 0, false
	}
	if t.base.Mode == t.ours.Mode {
		return t.theirs.Mode, true
	}
	return t.ours.Mode, true
}

// whole is a file that both sides changed and that cannot be put together: one of them as a whole, or
// a conflict.
func (m *merging) whole(t triple) TreeFile {
	switch m.options.Strategy {
	case StrategyTheirs:
		return m.take(t)
	case StrategyOurs:
	default:
		if !m.named {
			m.conflict(t.path(), "", reasonOf(t))
		}
	}
	return t.ours
}

// reasonOf says what both sides did.
func reasonOf(t triple) string {
	switch {
	case t.ours.Path == "":
		return "removed in HEAD, changed in the other"
	case t.theirs.Path == "":
		return "changed in HEAD, removed in the other"
	case t.base.Path == "":
		return "added on both sides"
	}
	return "changed on both sides"
}

// findNested finds files where the result needs a folder: one side made a file, the other a folder.
func (m *merging) findNested(files []TreeFile) {
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
