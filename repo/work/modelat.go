package work

import (
	"errors"

	"dits/repo/object"
)

// ModelAt finds what goes by a path in the commit that rev names, or in the index: the file there or, where the model
// of that name is in shards, these. It is an error of [Folder.FileAt] if there is neither.
func (r *Folder) ModelAt(rev, path string) ([]object.TreeFile, error) {
	f, err := r.FileAt(rev, path)
	if err == nil {
		return []object.TreeFile{f}, nil
	}
	if !errors.Is(err, object.ErrNoPath) {
		return nil, err
	}
	files, ferr := r.filesAt(rev)
	if ferr != nil {
		return nil, ferr
	}
	if shards := object.ModelNamed(files, path); len(shards) > 0 {
		return shards, nil
	}
	return nil, err
}

// filesAt are all files of a commit, or of the index.
func (r *Folder) filesAt(rev string) ([]object.TreeFile, error) {
	if rev == "" {
		x, err := r.Index()
		if err != nil {
			return nil, err
		}
		return x.Files(), nil
	}
	id, err := r.Resolve(rev)
	if err != nil {
		return nil, err
	}
	return r.CommitFiles(id)
}
