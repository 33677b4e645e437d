package work

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"dits/repo/object"
	"dits/tensorstore/disk"
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

// ShardsIn are the names of files in the folder of a path of the file system that are shards of the model that goes by
// it, in order; none where there is a file of the name, or in a folder that cannot be read.
func ShardsIn(name string) (shards []string) {
	dir, base := filepath.Split(name)
	if ext := path.Ext(base); ext != ".safetensors" && ext != ".gguf" {
		return nil
	}
	if _, err := os.Lstat(name); !disk.IsNoFile(err) {
		return nil
	}
	list, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return nil
	}
	for _, e := range list {
		if object.ModelName(e.Name()) == base && !e.IsDir() {
			shards = append(shards, e.Name())
		}
	}
	return shards
}

// shardsHere are the shards in the working folder, tracked or not, of models that paths name; ascending by path.
func (r *Folder) shardsHere(paths ...string) (shards []object.TreeFile) {
	for _, name := range paths {
		for _, shard := range ShardsIn(r.WorkPath(name)) {
			shards = append(shards, object.TreeFile{Path: path.Join(path.Dir(name), shard)})
		}
	}
	slices.SortFunc(shards, func(a, b object.TreeFile) int { return strings.Compare(a.Path, b.Path) })
	return slices.Compact(shards)
}

// ShardsHere are the paths of shards in the working folder, tracked or not, or in the index, of the model that goes by
// that name.
func (r *Folder) ShardsHere(x *Index, name string) []string {
	return object.WithShards([]string{name}, r.shardsHere(name), x.Files())[1:]
}

// ShardsNamed are the paths of the shards that a name stands for to who writes or removes what is named: none where a list
// of files, or the working folder, has anything else that goes by it.
func (r *Folder) ShardsNamed(name string, lists ...[]object.TreeFile) []string {
	if _, err := os.Lstat(r.WorkPath(name)); !disk.IsNoFile(err) {
		return nil
	}
	return object.ShardsOnly(name, lists...)
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
