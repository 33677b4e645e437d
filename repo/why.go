package repo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"dits/repo/lineage"
	"dits/repo/object"
	"dits/repo/relatives"
	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/upkeep"
)

// WhyOptions of [Repo.Why]. The zero value is what everyday use wants.
type WhyOptions struct {
	Measure  bool            // try what repack would, which reads all of the tensors
	Level    choose.Level    // how hard to look for what is smaller
	Progress object.Progress // nil: none
}

// A Why is what makes a file take what it takes. Its JSON form is a contract.
type Why struct {
	Path    string       `json:"path"`
	Format  string       `json:"format"`
	Logical int64        `json:"logical_bytes"`
	Stored  int64        `json:"stored_bytes"` // payload that it is put together from, shared with others or not
	Groups  []WhyGroup   `json:"groups"`       // of its tensors, that which takes the most first
	Largest []TensorInfo `json:"largest"`      // the tensors that take the most, at most 5
	Lone    WhyLone      `json:"alone"`
	Repack  *WhyRepack   `json:"repack"` // null: nothing was tried
}

// A WhyGroup is tensors of a file that are stored alike.
type WhyGroup struct {
	How     string `json:"how"`    // whole, delta or derived
	Source  string `json:"source"` // the file that they are stored against, as PATH or REV:PATH; "" for none
	Shared  string `json:"shared"` // another file that has the same tensors, as PATH or REV:PATH; "" for none
	Tensors int    `json:"tensors"`
	Logical int64  `json:"logical_bytes"`
	Stored  int64  `json:"stored_bytes"` // payload of their chunks, each content once
}

// WhyLone are the tensors that are stored whole and that no other of the store has the role and shape of.
type WhyLone struct {
	Tensors int   `json:"tensors"`
	Stored  int64 `json:"stored_bytes"`
}

// A WhyRepack is what repack would do for a file: measured, for its tensors were coded.
type WhyRepack struct {
	Tensors int      `json:"tensors"`      // those that would be stored anew
	Was     int64    `json:"before_bytes"` // what these take, how they are made of others included
	Now     int64    `json:"after_bytes"`
	Sources []string `json:"sources"`     // files that they would be stored against, that of the most first
	Saved   int64    `json:"saved_bytes"` // by all tensors that would be stored anew, those of other files too
}

// largestShown is how many tensors are told of.
const largestShown = 5

// Why says what makes the file at path take what it takes, in the commit that rev names or, for "", as staged, and what
// repack would make of it.
func (r *Repo) Why(ctx context.Context, rev, path string, o WhyOptions) (*Why, error) {
	tf, err := r.FileAt(rev, path)
	if err != nil {
		return nil, err
	}
	l, err := r.FileTensors(rev, path)
	if err != nil {
		return nil, err
	}
	from, err := r.SeenFrom(rev)
	if err != nil {
		return nil, err
	}
	w := &Why{Path: path, Format: l.Format, Logical: l.Size, Groups: []WhyGroup{}}
	if w.Stored, err = r.Catalog.StoredBytes([]digest.ID{tf.ID}, nil); err != nil {
		return nil, err
	}
	x := explaining{repo: r, why: w, place: lineage.Place{Path: path, File: tf.ID, Commit: from}}
	x.keep(l.Tensors)
	if x.namer, err = lineage.NewNamer(r.History); err != nil {
		return nil, err
	}
	if err := x.group(); err != nil {
		return nil, err
	}
	return w, x.tryRepack(ctx, o)
}

// An explaining is one call of Why.
type explaining struct {
	repo    *Repo
	why     *Why
	place   lineage.Place
	namer   *lineage.Namer
	tensors []TensorInfo         // each content once, those that take the most first
	staged  map[digest.ID]string // other files of the index by their tensors; nil: not read yet
}

// keep notes the tensors of the file.
func (x *explaining) keep(all []TensorInfo) {
	seen := map[digest.ID]bool{}
	for _, t := range all {
		if t.Size > 0 && !seen[t.Digest] {
			seen[t.Digest] = true
			x.tensors = append(x.tensors, t)
		}
	}
	slices.SortStableFunc(x.tensors, func(a, b TensorInfo) int { return cmp.Compare(b.Stored, a.Stored) })
	x.why.Largest = append([]TensorInfo{}, x.tensors[:min(largestShown, len(x.tensors))]...)
}

// group counts the tensors that are stored alike.
func (x *explaining) group() error {
	shared, err := x.shared()
	if err != nil {
		return err
	}
	at := map[WhyGroup]int{}
	for _, t := range x.tensors {
		key := WhyGroup{How: howOf(t), Shared: shared[t.Digest]}
		if key.Source, err = x.fileOf(t.Source, t.SourcePath, t.SourceRev); err != nil {
			return err
		}
		i, known := at[key]
		if !known {
			i = len(x.why.Groups)
			at[key], x.why.Groups = i, append(x.why.Groups, key)
		}
		g := &x.why.Groups[i]
		g.Tensors, g.Logical, g.Stored = g.Tensors+1, g.Logical+t.Size, g.Stored+t.Stored
	}
	slices.SortStableFunc(x.why.Groups, func(a, b WhyGroup) int { return cmp.Compare(b.Stored, a.Stored) })
	return nil
}

// howOf is whole, delta or derived.
func howOf(t TensorInfo) string {
	switch {
	case t.Source.IsZero():
		return "whole"
	case t.Encoding == lineage.DerivedName && lineage.Tells(t.Prediction, t.Stored, t.Size):
		return lineage.DerivedName
	}
	return "delta"
}

// nameAt is a file as PATH or REV:PATH.
func nameAt(path, rev string) string {
	if rev == "" || path == "" {
		return path
	}
	return rev + ":" + path
}

// shared are other files with the same tensors, by these.
func (x *explaining) shared() (map[digest.ID]string, error) {
	all := make([]*lineage.Source, len(x.tensors))
	for i, t := range x.tensors {
		all[i] = &lineage.Source{Blob: t.Digest}
	}
	others := func(file digest.ID) bool { return file != x.place.File }
	if err := x.namer.Find(x.place.Commit, x.place.Path, all, others); err != nil {
		return nil, err
	}
	out := map[digest.ID]string{}
	for _, s := range all {
		var rev string
		var err error
		if s.Found && s.Place.Commit != x.place.Commit {
			rev, err = x.namer.Rev(s.Place.Commit)
		}
		if err == nil {
			out[s.Blob], err = x.fileOf(s.Blob, s.Place.Path, rev)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// fileOf is the file at path in rev, which has a tensor, or, where no commit has one, another of the index; "" if that
// has none either.
func (x *explaining) fileOf(blob digest.ID, path, rev string) (string, error) {
	if path != "" || blob.IsZero() {
		return nameAt(path, rev), nil
	}
	if x.staged == nil {
		if err := x.readIndex(); err != nil {
			return "", err
		}
	}
	return x.staged[blob], nil
}

// readIndex notes the tensors of all other files of the index.
func (x *explaining) readIndex() error {
	x.staged = map[digest.ID]string{}
	index, err := x.repo.Index()
	if err != nil {
		return err
	}
	for _, f := range index.Files() {
		if f.ID == x.place.File {
			continue
		}
		file, err := x.repo.ReadFile(f.ID)
		if errors.Is(err, tensorstore.ErrUnknown) || errors.Is(err, object.ErrCorrupt) {
			continue // it has no names to give
		}
		if err != nil {
			return err
		}
		for _, blob := range file.TensorBlobs() {
			if x.staged[blob] == "" {
				x.staged[blob] = f.Path
			}
		}
	}
	return nil
}

// tryRepack finds out what repack would make of the tensors, and which of them have no relatives.
func (x *explaining) tryRepack(ctx context.Context, o WhyOptions) error {
	mine := map[digest.ID]TensorInfo{}
	for _, t := range x.tensors {
		mine[t.Digest] = t
	}
	families, _, err := relatives.Families(ctx, x.repo.Folder)
	if err != nil {
		return err
	}
	var due []int64 // bytes of the file in each family that is looked at
	var total int64
	for _, f := range families {
		if n := x.concerns(f, mine); n > 0 {
			due, total = append(due, n), total+n
		}
	}
	if !o.Measure || len(due) == 0 {
		return nil
	}
	p := object.OrQuiet(o.Progress)
	p.Start("trying", total)
	defer p.Done()
	x.why.Repack = &WhyRepack{Sources: []string{}}
	sources := map[digest.ID]int{}
	_, err = upkeep.Repack(ctx, x.repo.Store, families, upkeep.Options{
		Level: o.Level, DryRun: true, Manifest: x.repo.Manifest,
		Progress: func(int64) {
			p.Add(due[0])
			due = due[1:]
		},
		Only: func(f []upkeep.Tensor) bool {
			return slices.ContainsFunc(f, func(t upkeep.Tensor) bool { return mine[t.Blob].Size > 0 })
		},
		Taken: func(m upkeep.Moved) { x.why.Repack.add(m, mine, sources) },
	})
	if err != nil {
		return fmt.Errorf("what repack would make of it: %w", err)
	}
	return x.nameSources(sources)
}

// concerns is how many bytes of the file are in a family. It counts tensors that are alone in it.
func (x *explaining) concerns(family []upkeep.Tensor, mine map[digest.ID]TensorInfo) (bytes int64) {
	for _, t := range family {
		m := mine[t.Blob]
		if bytes += m.Size; len(family) == 1 && m.Size > 0 && howOf(m) == "whole" {
			x.why.Lone.Tensors, x.why.Lone.Stored = x.why.Lone.Tensors+1, x.why.Lone.Stored+m.Stored
		}
	}
	return bytes
}

// add counts a tensor that would be stored anew, and what it would be stored against.
func (g *WhyRepack) add(m upkeep.Moved, mine map[digest.ID]TensorInfo, sources map[digest.ID]int) {
	g.Saved += m.Was - m.Now
	if _, ok := mine[m.Blob]; !ok {
		return
	}
	g.Tensors, g.Was, g.Now = g.Tensors+1, g.Was+m.Was, g.Now+m.Now
	if !m.Source.IsZero() {
		sources[m.Source]++
	}
}

// nameSources names the files that tensors would be stored against.
func (x *explaining) nameSources(wanted map[digest.ID]int) error {
	var blobs []digest.ID
	for id := range wanted {
		blobs = append(blobs, id)
	}
	named, err := x.namer.TensorSources(x.place, blobs)
	if err != nil {
		return err
	}
	counts := map[string]int{}
	for id, n := range wanted {
		name, err := x.fileOf(id, named[id].Path, named[id].Rev)
		if err != nil {
			return err
		}
		counts[name] += n
	}
	delete(counts, "")
	for name := range counts {
		x.why.Repack.Sources = append(x.why.Repack.Sources, name)
	}
	slices.SortFunc(x.why.Repack.Sources, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	return nil
}
