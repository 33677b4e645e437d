package inspect

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"dits/repo/diff"
	"dits/repo/object"
)

// Options of [Of].
type Options struct {
	Tensors  bool // list them
	Metadata bool // list the pairs of headers
}

// Of says what the models of a place are: the file that was named, or all that a folder has. beside are the files of
// the folder that it is in, among them the small ones that say more about a model.
func Of(s, beside diff.Snapshot, o Options) ([]Report, error) {
	near := newFolder(beside)
	sets, err := modelsOf(s, near)
	if err != nil {
		return nil, err
	}
	if len(sets) == 0 {
		return nil, object.Absent("%s: no model here, want files that end in .safetensors or .gguf", s.Name)
	}
	reports := make([]Report, 0, len(sets))
	for _, m := range sets {
		r, err := m.report(near, o)
		if err != nil {
			return nil, err
		}
		reports = append(reports, r)
	}
	return reports, nil
}

// A set is the files of one model.
type set struct {
	path  string
	files []*diff.Entry
	index *index   // nil: none names its files
	gone  []string // files that should be there
}

// modelsOf groups files: those that an index names, then shards by their names, then single ones.
func modelsOf(s diff.Snapshot, near *folder) ([]*set, error) {
	if s.IsFile && !isIndex(s.Files[0].Path) {
		return []*set{{path: s.Files[0].Path, files: []*diff.Entry{&s.Files[0]}}}, nil
	}
	var sets []*set
	taken := map[string]bool{}
	for i := range s.Files {
		if !isIndex(s.Files[i].Path) {
			continue
		}
		m, err := indexed(&s.Files[i], near)
		if err != nil {
			return nil, err
		}
		for _, f := range m.files {
			taken[f.Path] = true
		}
		for _, name := range m.gone {
			taken[name] = true
		}
		sets = append(sets, m)
	}
	if s.IsFile {
		return sets, nil
	}
	var rest []diff.Entry
	for _, f := range s.Files {
		if mayBeModel(f) && !taken[f.Path] {
			rest = append(rest, f)
		}
	}
	for _, m := range diff.Models(rest, true) {
		gone := slices.DeleteFunc(m.Missing(), func(name string) bool { return taken[name] }) // shards that no index names
		sets = append(sets, &set{path: m.Path(), files: m.Files(), gone: gone})
	}
	slices.SortStableFunc(sets, func(a, b *set) int { return strings.Compare(a.path, b.path) })
	return sets, nil
}

// mayBeModel goes by the name.
func mayBeModel(f diff.Entry) bool {
	ext := strings.ToLower(path.Ext(f.Path))
	return f.Open != nil && (ext == ".safetensors" || ext == ".gguf")
}

// report says what a model is.
func (m *set) report(near *folder, o Options) (Report, error) {
	x := &inspection{set: m, near: near, options: o, report: Report{Path: m.path, Format: "opaque",
		Mix: []Mix{}, Problems: []Problem{}}}
	if m.index != nil {
		x.report.Index = m.index.path
	}
	for _, name := range m.gone {
		x.problem(name, MissingFile, "missing")
	}
	for _, f := range m.files {
		if err := x.file(f); err != nil {
			return Report{}, fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	x.checkIndex()
	x.finish()
	return x.report, nil
}
