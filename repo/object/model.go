package object

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Model is a file, or the shards of one model.
type Model struct {
	Name    string // by which the model goes: "model.safetensors" of shards, too
	Path    string // of the file; of shards "model-*-of-00003.safetensors"
	Files   []int  // places of its files in the list that it was made of
	Index   int    // place of the file that says which tensor is in which shard; -1: there is none
	Sharded bool
}

// shardName is how Hugging Face and llama.cpp's gguf-split number the shards of a model.
var shardName = regexp.MustCompile(`^(.+)-(\d{5})-of-(\d{5})(\.safetensors|\.gguf)$`)

// A Shard is what the name of one says.
type Shard struct {
	Model string // name of the model: "model.safetensors"
	All   string // path of all shards: "model-*-of-00003.safetensors"

	before, of, ext string
}

// ShardOf reads the name of a shard; ok is false of any other.
func ShardOf(path string) (s Shard, ok bool) {
	if !strings.HasSuffix(path, ".safetensors") && !strings.HasSuffix(path, ".gguf") {
		return s, false
	}
	p := shardName.FindStringSubmatch(path)
	if p == nil {
		return s, false
	}
	return Shard{p[1] + p[4], p[1] + "-*-of-" + p[3] + p[4], p[1], p[3], p[4]}, true
}

// NameOf is what the model with a path goes by: "model.safetensors" for "model-*-of-00003.safetensors", other paths as they
// are.
func NameOf(path string) string {
	if s, ok := ShardOf(strings.Replace(path, "-*-of-", "-00001-of-", 1)); ok && strings.Contains(path, "-*-of-") {
		return s.Model
	}
	return path
}

// Count is how many shards there are, as far as one looks.
func (s Shard) Count() int {
	n, _ := strconv.Atoi(s.of)
	return min(n, maxShards)
}

// Shards are the paths of all shards of the model.
func (s Shard) Shards() []string {
	paths := make([]string, s.Count())
	for i := range paths {
		paths[i] = fmt.Sprintf("%s-%05d-of-%s%s", s.before, i+1, s.of, s.ext)
	}
	return paths
}

// maxShards bounds the shards that are looked for.
const maxShards = 10000

// IndexSuffix ends the name of the file that says which tensor is in which shard, after that of the model.
const IndexSuffix = ".index.json"

// Models groups files, ascending by path. The models are in the order of their names; an index is one of its own, too.
// Shards stay files of their own where a file has the name that they would have together.
func Models(files []TreeFile) []Model {
	at := make(map[string]int, len(files)) // by name, in list
	places := make(map[string]int, len(files))
	for i, f := range files {
		places[f.Path] = i
	}
	list := make([]Model, 0, len(files))
	for i, f := range files {
		m := Model{Name: f.Path, Path: f.Path, Files: []int{i}, Index: -1}
		if s, ok := ShardOf(f.Path); ok && f.Mode != ModeLink {
			if _, taken := places[s.Model]; !taken {
				m.Name, m.Path, m.Sharded = s.Model, s.All, true
			}
		}
		k, have := at[m.Name]
		if have && list[k].Path != m.Path { // two sets of shards: the second goes by its own name
			m.Name = m.Path
			k, have = at[m.Name]
		}
		if have {
			list[k].Files = append(list[k].Files, i)
			continue
		}
		if x, ok := places[m.Name+IndexSuffix]; ok && m.Sharded {
			m.Index = x
		}
		at[m.Name] = len(list)
		list = append(list, m)
	}
	slices.SortStableFunc(list, func(a, b Model) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Shards is how many files a model has that is in shards; 0 of a file.
func (m Model) Shards() int {
	if !m.Sharded {
		return 0
	}
	return len(m.Files)
}

// ModelNamed are the files, of those in one list, ascending by path, that make the model of a name.
func ModelNamed(files []TreeFile, name string) (out []TreeFile) {
	if !strings.HasSuffix(name, ".safetensors") && !strings.HasSuffix(name, ".gguf") {
		return nil
	}
	stem, _, _ := strings.Cut(strings.TrimSuffix(name, path.Ext(name)), "-*")
	from, _ := slices.BinarySearchFunc(files, stem, comparePath)
	near := files[from:] // all that matters to how these are grouped
	if end := slices.IndexFunc(near, func(f TreeFile) bool { return !strings.HasPrefix(f.Path, stem) }); end >= 0 {
		near = near[:end]
	}
	for _, m := range Models(near) {
		if m.Name != name {
			continue
		}
		for _, i := range m.Files {
			out = append(out, near[i])
		}
	}
	return out
}

// WithShards are paths and, of those that no file of a list has and a model in shards goes by, the paths of its shards.
// Each list is ascending by path, and looked at alone: of a model that was cut into others, each has its own.
func WithShards(paths []string, lists ...[]TreeFile) []string {
	out, has := slices.Clip(paths), map[string]bool{}
	for _, name := range paths {
		has[name] = true
		for _, files := range lists {
			if isFolder(files, name) {
				continue
			}
			for _, f := range ModelNamed(files, name) {
				if !has[f.Path] {
					out, has[f.Path] = append(out, f.Path), true
				}
			}
		}
	}
	return out
}

// ShardsOnly are the paths of the shards that a name stands for where no list has anything else that goes by it, neither a
// file nor a folder: for who writes or removes what is named.
func ShardsOnly(name string, lists ...[]TreeFile) []string {
	for _, files := range lists {
		if _, is := slices.BinarySearchFunc(files, name, comparePath); is || isFolder(files, name) {
			return nil
		}
	}
	return WithShards([]string{name}, lists...)[1:]
}

// isFolder says that files, ascending by path, are below a name.
func isFolder(files []TreeFile, name string) bool {
	i, _ := slices.BinarySearchFunc(files, name+"/", comparePath)
	return i < len(files) && strings.HasPrefix(files[i].Path, name+"/")
}

func comparePath(f TreeFile, path string) int { return strings.Compare(f.Path, path) }

// ModelName is the name of the model that a file is a shard of; its path if it is none.
func ModelName(path string) string {
	if s, ok := ShardOf(path); ok {
		return s.Model
	}
	return path
}
