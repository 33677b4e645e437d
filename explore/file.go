package explore

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"dits/repo"
	"dits/repo/inspect"
	"dits/repo/lineage"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A File answers "file": all of one file, or of a model in shards, in a revision.
type File struct {
	Model   string               `json:"model"`
	Path    string               `json:"path"`
	Rev     string               `json:"rev"`    // as asked for; else HEAD's branch
	Commit  digest.ID            `json:"commit"` // that it leads to
	Refs    []string             `json:"refs"`   // branches and tags that have the file there, HEAD's branch first
	Files   []digest.ID          `json:"files"`  // of the shards
	Format  string               `json:"format"` // safetensors, gguf, or "" for another file
	Size    int64                `json:"size"`
	Needs   int64                `json:"needs"`   // payload that it is put together from, shared with others or not
	Report  *inspect.Report      `json:"report"`  // what it is by its header; null for another file than a model
	DTypes  []inspect.DTypeTotal `json:"dtypes"`  // that of the most bytes first
	Kept    []KeptBytes          `json:"kept"`    // its tensors by how they are kept, those of the most bytes first
	Tensors []FileTensor         `json:"tensors"` // in the order of the header
	Sources []FilePlace          `json:"sources"` // that tensors came from
	Text    *string              `json:"text"`    // of a short file that is text and no model; else null
}

// A FilePlace is a path in a revision; "" for a file in no branch or tag.
type FilePlace struct {
	Path string `json:"path"`
	Rev  string `json:"rev"`
}

// KeptBytes are tensors that are kept alike.
type KeptBytes struct {
	How     lineage.How `json:"how"` // 0 for itself, 1 a difference, 2 recomputed, 3 the same bytes as an older file's
	Tensors int         `json:"tensors"`
	Bytes   int64       `json:"bytes"`
	Stored  int64       `json:"stored"` // what they take
}

// A FileTensor is a tensor of a file, and where it came from.
type FileTensor struct {
	Name    string      `json:"name"`
	Type    string      `json:"type"`
	Shape   []int64     `json:"shape"`
	Size    int64       `json:"size"`
	Stored  int64       `json:"stored"`  // what it takes, 0 of what is stored already
	How     lineage.How `json:"how"`     // as of KeptBytes
	Kind    string      `json:"kind"`    // as lineage tells it
	Source  int         `json:"source"`  // an index of Sources; -1 for none
	Segment int         `json:"segment"` // of its shard's layout
	Shard   int         `json:"shard"`   // an index of Files
}

// mostText is how long a file may be of which the text is shown.
const mostText = 64 << 10

// file answers "file": what ?path= names in ?rev= of ?model=.
func (e *Explorer) file(ctx context.Context, about url.Values) (any, error) {
	m, err := e.model(about)
	if err != nil {
		return nil, err
	}
	f := &File{Model: m.Name, Path: about.Get("path"), Rev: cmp.Or(about.Get("rev"), m.home()), Refs: []string{},
		DTypes: []inspect.DTypeTotal{}, Kept: []KeptBytes{}, Tensors: []FileTensor{}, Sources: []FilePlace{}}
	if f.Commit, err = m.Commit(f.Rev); err != nil {
		return nil, err
	}
	files, err := m.filesAt(f.Commit, f.Path)
	if err != nil {
		return nil, err
	}
	for _, part := range files {
		f.Files = append(f.Files, part.ID)
		f.Size += part.Size
	}
	if f.Needs, err = m.Repo.Catalog.StoredBytes(f.Files, nil); err != nil {
		return nil, err
	}
	if err := f.setRefs(m, files[0]); err != nil {
		return nil, err
	}
	return f, f.content(ctx, m, files)
}

// filesAt are the file at a path of a commit, or the shards of the model that goes by it.
func (m *Model) filesAt(commit digest.ID, path string) ([]object.TreeFile, error) {
	if commit.IsZero() {
		return nil, notFound("%.200q: nothing is committed", path)
	}
	c, err := m.Repo.ReadCommit(commit)
	if err != nil {
		return nil, err
	}
	if e, err := m.Repo.Lookup(c.Tree, path); err == nil && e.Mode == object.ModeDir {
		return nil, notFound("%.200q is a folder, want a file", path)
	}
	files, err := m.Repo.ModelAt(commit.String(), path)
	if errors.Is(err, object.ErrNoPath) {
		return nil, notFound("no file or model is called %.200q in commit %s", path, commit.Short())
	}
	if err == nil && files[0].Mode == object.ModeLink {
		return nil, notFound("%.200q is a link, want a file", path)
	}
	return files, err
}

// setRefs finds which branches and tags have the file.
func (f *File) setRefs(m *Model, first object.TreeFile) error {
	t, err := m.tips()
	if err != nil {
		return err
	}
	holders, err := t.holders(m.Repo)
	if names := holders[place{first.Path, first.ID}]; names != nil {
		f.Refs = names
	}
	return err
}

// content says what is in the file.
func (f *File) content(ctx context.Context, m *Model, files []object.TreeFile) error {
	side := repo.AtRevision(f.Commit.String())
	beside, err := m.Repo.Snapshot(ctx, side, nil)
	if err != nil {
		return err
	}
	named, err := m.Repo.Snapshot(ctx, side.At(files[0].Path), nil)
	if err != nil {
		return err
	}
	for _, part := range files[1:] {
		s, err := m.Repo.Snapshot(ctx, side.At(part.Path), nil)
		if err != nil {
			return err
		}
		named.Files, named.IsFile = append(named.Files, s.Files...), false
	}
	reports, err := inspect.Of(named, beside, inspect.Options{Metadata: true})
	if err != nil && !errors.Is(err, object.ErrNoPath) {
		return err
	}
	if len(reports) == 0 || formatName(reports[0].Format) == "" {
		return f.text(m, files[0])
	}
	var totals inspect.Totals
	if err := totals.Add(named, beside, true); err != nil {
		return err
	}
	f.Report, f.Format, f.DTypes = &reports[0], reports[0].Format, totals.DTypes
	return f.tensors(m, files)
}

// text keeps the text of a short file.
func (f *File) text(m *Model, file object.TreeFile) error {
	if file.Size > mostText {
		return nil
	}
	r, err := m.Repo.OpenFile(file.ID)
	if err != nil {
		return err
	}
	defer r.Close()
	b := make([]byte, file.Size)
	if err := object.ReadFull(r, b, 0); err != nil {
		return err
	}
	if text := string(b); utf8.ValidString(text) && !strings.ContainsRune(text, 0) {
		f.Text = &text
	}
	return nil
}

// tensors lists the tensors with what they came from.
func (f *File) tensors(m *Model, files []object.TreeFile) error {
	o := m.sought([]string{f.Commit.String()})
	o.Path, o.Depth = f.Path, 1
	l, err := m.Repo.Lineage(o)
	if err != nil {
		return err
	}
	kept := map[lineage.How]*KeptBytes{}
	sources := map[[2]string]int{}
	for shard, part := range files {
		file, err := m.Repo.ReadFile(part.ID)
		if err != nil {
			return err
		}
		for i, segment := range file.Layout.DataSegments() {
			x := l.Tensors[len(f.Tensors)]
			t := file.Layout.Tensors[i]
			one := FileTensor{Name: t.Name, Type: string(t.DType), Shape: t.Shape, Size: t.Len, Stored: x.Stored, How: x.How,
				Kind: x.Kind, Source: f.sourceOf(x, sources), Segment: segment, Shard: shard}
			if one.Shape == nil {
				one.Shape = []int64{}
			}
			f.Tensors = append(f.Tensors, one)
			if kept[x.How] == nil {
				kept[x.How] = &KeptBytes{How: x.How}
			}
			kept[x.How].add(one)
		}
	}
	for _, k := range kept {
		f.Kept = append(f.Kept, *k)
	}
	slices.SortFunc(f.Kept, func(a, b KeptBytes) int { return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.How, b.How)) })
	return nil
}

func (k *KeptBytes) add(t FileTensor) {
	k.Tensors++
	k.Bytes += t.Size
	k.Stored += t.Stored
}

// sourceOf is the number of the file that most of a tensor came from, -1 for none; known are those met.
func (f *File) sourceOf(x lineage.TensorLineage, known map[[2]string]int) int {
	if len(x.Sources) == 0 {
		return -1
	}
	s := FilePlace{x.Sources[0].Path, cmp.Or(x.Sources[0].Rev, f.Rev)}
	key := [2]string{s.Path, s.Rev}
	i, met := known[key]
	if !met {
		i = len(f.Sources)
		known[key], f.Sources = i, append(f.Sources, s)
	}
	return i
}
