package work

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

// SeenFrom is the commit that rev names; of the index, "", that of HEAD, which may be zero.
func (r *Folder) SeenFrom(rev string) (digest.ID, error) {
	if rev != "" {
		return r.Resolve(rev)
	}
	h, err := r.Head()
	return h.Commit, err
}

// FileAt finds the file at path in the commit that rev names, or in the index.
func (r *Folder) FileAt(rev, path string) (object.TreeFile, error) {
	if rev == "" {
		x, err := r.Index()
		if err != nil {
			return object.TreeFile{}, err
		}
		e := x.Find(path)
		if e == nil {
			return object.TreeFile{}, r.absentAt(rev, path, &object.NoPathError{Path: path, Why: object.NotTracked})
		}
		return object.TreeFile{Path: e.Path, Mode: e.Mode, ID: e.ID, Size: e.Size}, nil
	}
	id, err := r.Resolve(rev)
	if err != nil {
		return object.TreeFile{}, err
	}
	c, err := r.ReadCommit(id)
	if err != nil {
		return object.TreeFile{}, err
	}
	e, err := r.Lookup(c.Tree, path)
	if err != nil {
		return object.TreeFile{}, r.absentAt(rev, path, fmt.Errorf("%s: %w", rev, err))
	}
	if e.Mode == object.ModeDir {
		return object.TreeFile{}, fmt.Errorf("%s: a folder, want a file", cmp.Or(path, rev))
	}
	return object.TreeFile{Path: path, Mode: e.Mode, ID: e.ID, Size: e.Size}, nil
}

// absentAt is the error of a path where no file is, or what says that it is the name of a model in shards.
func (r *Folder) absentAt(rev, path string, err error) error {
	if !errors.Is(err, object.ErrNoPath) || !strings.HasSuffix(path, ".safetensors") && !strings.HasSuffix(path, ".gguf") {
		return err
	}
	files, ferr := r.filesAt(rev)
	if ferr != nil {
		return err
	}
	shards := object.ModelNamed(files, path)
	if len(shards) == 0 {
		return err
	}
	return &object.ShardsError{Rev: rev, Path: path, Shards: len(shards), First: shards[0].Path}
}

// OpenAt opens a file that is committed or staged.
func (r *Folder) OpenAt(s refs.Spec) (*object.File, error) {
	f, err := r.FileAt(s.Rev, s.Path)
	if err != nil {
		return nil, err
	}
	if f.Mode == object.ModeLink {
		return nil, object.Absent("%s: a link, want a file", s.Path)
	}
	file, err := r.OpenFile(f.ID)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Path, err)
	}
	return file, nil
}
