package repo

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"dits/catalog"
	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// goodCopies are what lost content comes back from: files, folders of them, and stores. They are only read.
type goodCopies struct {
	own    string // folder of the store that is healed
	files  map[digest.ID]catalog.File
	parts  map[digest.ID]goodPart
	stores []*object.Database
	undo   []func() error
	told   func(string)
}

// A goodPart is where a file has a blob.
type goodPart struct {
	path     string
	off, len int64
}

func newGoodCopies(own string, told func(string)) *goodCopies {
	return &goodCopies{own: own, files: map[digest.ID]catalog.File{}, parts: map[digest.ID]goodPart{}, told: told}
}

func (g *goodCopies) close() {
	for _, undo := range g.undo {
		undo() // of what was read only
	}
}

// take takes a file, a store, a repository for its store, or any other folder for the files in it. Of the repository
// that is healed these are those of the working folder.
func (g *goodCopies) take(ctx context.Context, name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return g.file(ctx, name)
	}
	store := name
	if other, err := configured(name, nil); err == nil {
		store = other.StoreDir
	}
	packs, err := os.Stat(filepath.Join(store, "packs"))
	if err != nil || !packs.IsDir() || g.isOwn(store) {
		return g.folder(ctx, name)
	}
	d, done, err := object.OpenAnew(store, disk.OS)
	if err != nil {
		return err
	}
	g.stores, g.undo = append(g.stores, d), append(g.undo, done)
	return nil
}

// isOwn says that a folder is the store that is healed.
func (g *goodCopies) isOwn(store string) bool {
	own, err := os.Stat(g.own)
	other, oerr := os.Stat(store)
	return err == nil && oerr == nil && os.SameFile(own, other)
}

// file takes what a file has.
func (g *goodCopies) file(ctx context.Context, name string) error {
	f, err := object.ScanFile(ctx, name)
	if err != nil {
		return err
	}
	g.files[f.ID] = f.File
	for i, blob := range f.Blobs {
		s := f.Layout.Segments[i]
		g.parts[blob] = goodPart{name, s.Off, s.Len}
	}
	return f.Close()
}

// folder takes all files below a folder, but not what is of dits or of other version control. Of links those to files
// are followed. What cannot be read is told and passed over.
func (g *goodCopies) folder(ctx context.Context, dir string) error {
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			g.told("passed over: " + err.Error())
			return nil
		case path != dir && (d.Name() == object.Dir || object.IsForeign(d.Name())):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			return nil // a folder, a pipe, a link to nothing
		}
		files++
		if err := g.file(ctx, path); err != nil && ctx.Err() == nil {
			g.told("passed over: " + path + ": " + err.Error())
		}
		return nil
	})
	if err == nil && files == 0 {
		err = errors.New("no file in it, want a file, a folder of files, a repository or a store")
	}
	return err
}

// part opens a blob that a file has.
func (g *goodCopies) part(blob digest.ID) (src io.ReaderAt, n int64, done func() error, found bool) {
	p, found := g.parts[blob]
	if !found {
		return nil, 0, nil, false
	}
	f, err := disk.OpenRegular(p.path)
	if err != nil {
		g.told("passed over: " + err.Error())
		return nil, 0, nil, false
	}
	return io.NewSectionReader(f, p.off, p.len), p.len, f.Close, true
}

// manifest is how a file is put together.
func (g *goodCopies) manifest(id digest.ID) (catalog.File, error) {
	if f, found := g.files[id]; found {
		return f, nil
	}
	for _, other := range g.stores {
		if f, err := other.ReadFile(id); err == nil {
			return f, nil
		}
	}
	return catalog.File{}, object.ErrNoPath
}
