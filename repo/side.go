package repo

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"dits/repo/diff"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// A Side is one of the two states that [Repo.Diff] compares. Make one with
// [AtRevision], [AtIndex], [AtWork], [AtDisk] or [AtNothing].
type Side struct {
	kind sideKind
	spec refs.Spec // of it only what is at the path
}

// At is the file or folder at path of a side. Paths in it count from a folder that was named.
func (s Side) At(path string) Side {
	s.spec.Path = path
	return s
}

type sideKind int

const (
	atRevision sideKind = iota
	atIndex
	atWork
	atNothing
	atDisk
)

// AtRevision is the tree of the commit that rev names.
func AtRevision(rev string) Side { return Side{kind: atRevision, spec: refs.Spec{Rev: rev}} }

// AtIndex is what is staged.
func AtIndex() Side { return Side{kind: atIndex} }

// AtWork is the tracked files of the working folder as they are now.
func AtWork() Side { return Side{kind: atWork} }

// AtDisk is a file or folder of the file system, wherever it is: see [diff.ReadDisk].
func AtDisk(path string) Side { return Side{kind: atDisk, spec: refs.Spec{Path: path}} }

// AtNothing is no files: what was there before the first commit.
func AtNothing() Side { return Side{kind: atNothing} }

// Diff compares two states of the repository.
func (r *Repo) Diff(ctx context.Context, a, b Side, o diff.Options) (*diff.Diff, error) {
	sa, err := r.Snapshot(ctx, a, o.Paths)
	if err != nil {
		return nil, err
	}
	sb, err := r.Snapshot(ctx, b, o.Paths)
	if err != nil {
		return nil, err
	}
	o.Renamed = r.renamedModels(sa, sb)
	d, err := diff.Of(ctx, sa, sb, o)
	if err != nil {
		return nil, err
	}
	d.StoredBytes, err = r.storedBytes(sa.Files, d.Came())
	return d, err
}

// renamedModels are the models that were renamed and changed between two states, of those whose files are stored.
func (r *Repo) renamedModels(a, b diff.Snapshot) (renamed []object.Renamed) {
	gone, came := modelsApart(a.Files, b.Files), modelsApart(b.Files, a.Files)
	for _, p := range r.AlikePairs(filesOf(gone), filesOf(came)) {
		renamed = append(renamed, object.Renamed{From: gone[p.Gone].Name, To: came[p.Came].Name, Similarity: &p.Similarity})
	}
	return renamed
}

// modelsApart are the models of a that b has not, be it by name or by content.
func modelsApart(a, b []diff.Entry) []heldModel {
	has, names := map[digest.ID]bool{}, map[string]bool{}
	for _, m := range heldModels(storedFiles(b), map[string]bool{}) {
		names[m.Name] = true
		for _, f := range m.files {
			has[f.ID] = true
		}
	}
	return slices.DeleteFunc(heldModels(storedFiles(a), map[string]bool{}), func(m heldModel) bool {
		return names[m.Name] || !slices.ContainsFunc(m.files, func(f object.TreeFile) bool { return !has[f.ID] })
	})
}

// storedFiles are the files of a side that are stored.
func storedFiles(entries []diff.Entry) (files []object.TreeFile) {
	for _, e := range entries {
		if e.Stored {
			files = append(files, e.TreeFile)
		}
	}
	return files
}

// storedBytes is what the files that came take in packs beyond those that were there, but for links, which are
// a few bytes and may not be stored; nil when one is not stored.
func (r *Repo) storedBytes(were []diff.Entry, came []*diff.Entry) (*int64, error) {
	var files, except []digest.ID
	for _, f := range were {
		if f.Stored && f.Mode != object.ModeLink {
			except = append(except, f.ID)
		}
	}
	for _, f := range came {
		switch {
		case f.Mode == object.ModeLink:
		case !f.Stored:
			return nil, nil
		default:
			files = append(files, f.ID)
		}
	}
	var n int64
	if len(files) == 0 {
		return &n, nil
	}
	n, err := r.Catalog.StoredBytes(files, except)
	return &n, err
}

// Snapshot lists the files of a side that are at or below one of paths (all when
// there are none). Of the working folder it reads the files that are not as staged.
func (r *Repo) Snapshot(ctx context.Context, s Side, paths []string) (diff.Snapshot, error) {
	switch {
	case s.kind == atDisk:
		return diff.ReadDisk(s.spec.Path)
	case s.spec.Path == "":
		return r.wholeSnapshot(ctx, s, paths)
	}
	snap, err := r.wholeSnapshot(ctx, s, []string{s.spec.Path})
	if err != nil {
		return snap, err
	}
	if len(snap.Files) == 0 && s.kind == atWork {
		if snap.Files, err = r.untracked(ctx, s.spec.Path); err != nil {
			return snap, err
		}
	}
	if len(snap.Files) == 0 {
		return snap, &object.NoPathError{Path: s.spec.Path}
	}
	if snap.IsFile = snap.Files[0].Path == s.spec.Path; snap.IsFile {
		return snap, nil
	}
	var files []diff.Entry
	for _, f := range snap.Files {
		f.Path = strings.TrimPrefix(f.Path, s.spec.Path+"/")
		if len(paths) == 0 || work.Inside(f.Path, paths) {
			files = append(files, f)
		}
	}
	snap.Files = files
	return snap, nil
}

// untracked is a file of the working folder that is not tracked, or the files of a folder.
func (r *Repo) untracked(ctx context.Context, path string) ([]diff.Entry, error) {
	paths := []string{path}
	if list, err := os.ReadDir(r.WorkPath(path)); err == nil {
		paths = nil
		for _, e := range list {
			if e.Type().IsRegular() {
				paths = append(paths, path+"/"+e.Name())
			}
		}
	}
	var files []diff.Entry
	for _, p := range paths {
		f, ok, err := r.Lstat(p)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		file, err := r.scanned(ctx, f, digest.ID{})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		files = append(files, file)
	}
	return files, nil
}

// wholeSnapshot is Snapshot but for the path of the side.
func (r *Repo) wholeSnapshot(ctx context.Context, s Side, paths []string) (diff.Snapshot, error) {
	snap := diff.Snapshot{Name: s.spec.String()}
	var files []object.TreeFile
	switch s.kind {
	case atNothing:
	case atRevision:
		id, err := r.Resolve(s.spec.Rev)
		if err != nil {
			return snap, err
		}
		snap.Commit = &id
		if files, _, err = r.WorkFiles(id); err != nil {
			return snap, err
		}
	default:
		x, err := r.Index()
		if err != nil {
			return snap, err
		}
		if s.kind == atWork {
			snap.Files, err = r.workFiles(ctx, x, paths)
			return snap, err
		}
		files = x.Files()
	}
	paths = object.WithShards(paths, files)
	for _, f := range files {
		if len(paths) == 0 || work.Inside(f.Path, paths) {
			snap.Files = append(snap.Files, r.stored(f))
		}
	}
	return snap, nil
}

// Holding is what holds a stored file: files as a snapshot, with the names that they have at a side, and all that the side
// has beside them.
func (r *Repo) Holding(ctx context.Context, s Side, files []object.TreeFile) (of, beside diff.Snapshot, err error) {
	for _, f := range files {
		of.Files = append(of.Files, r.stored(f))
	}
	beside, err = r.wholeSnapshot(ctx, s, nil)
	return of, beside, err
}

// workFiles are the tracked files that the working folder has.
func (r *Repo) workFiles(ctx context.Context, x *work.Index, paths []string) ([]diff.Entry, error) {
	var files []diff.Entry
	paths = object.WithShards(paths, x.Files())
	for i := range x.Entries {
		e := &x.Entries[i]
		if len(paths) > 0 && !work.Inside(e.Path, paths) {
			continue
		}
		f, ok, err := r.Lstat(e.Path)
		if err == nil {
			f, ok, err = r.Follow(e, f, ok)
		}
		if err != nil {
			return nil, err
		}
		if !ok && e.Away {
			files = append(files, r.stored(object.TreeFile{Path: e.Path, Mode: e.Mode, ID: e.ID, Size: e.Size}))
		}
		if !ok {
			continue
		}
		file := r.stored(object.TreeFile{Path: e.Path, Mode: f.Mode, ID: e.ID, Size: f.Size})
		if f.Mode != e.Mode && (f.Mode == object.ModeLink || e.Mode == object.ModeLink) || f.Size != e.Size || f.Stat != e.Stat || x.Racy(e) {
			if file, err = r.scanned(ctx, f, e.ID); err != nil {
				return nil, fmt.Errorf("%s: %w", e.Path, err)
			}
		}
		files = append(files, file)
	}
	return files, nil
}

// stored is a file that the store has.
func (r *Repo) stored(f object.TreeFile) diff.Entry {
	e := diff.Entry{TreeFile: f, Stored: true}
	if f.Mode != object.ModeLink {
		e.Open = func() (*object.File, error) { return r.OpenFile(f.ID) }
	}
	return e
}

// scanned reads a working file to find out what it holds: perhaps what is known of it, and it was only touched.
func (r *Repo) scanned(ctx context.Context, w work.WorkFile, known digest.ID) (diff.Entry, error) {
	f := object.TreeFile{Path: w.Path, Mode: w.Mode, Size: w.Size}
	if w.Mode == object.ModeLink {
		var err error
		f.ID, err = r.HashFile(w)
		return r.stored(f), err
	}
	path := r.WorkPath(w.Path)
	file, err := object.ScanFile(ctx, path)
	if err != nil {
		return diff.Entry{}, err
	}
	defer file.Close()
	if f.ID = file.ID; f.ID == known {
		return r.stored(f), nil
	}
	return diff.Entry{TreeFile: f, Open: func() (*object.File, error) {
		src, err := disk.OpenRegular(path)
		if err != nil {
			return nil, err
		}
		return object.OnDisk(file.File, src), nil
	}}, nil
}
