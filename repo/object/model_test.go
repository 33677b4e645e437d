package object

import (
	"slices"
	"testing"
)

func TestWithShards(t *testing.T) {
	files := func(paths ...string) (list []TreeFile) {
		slices.Sort(paths)
		for _, p := range paths {
			list = append(list, TreeFile{Path: p, Mode: 0o644})
		}
		return list
	}
	const one, two, of3 = "m-00001-of-00002.gguf", "m-00002-of-00002.gguf", "m-00001-of-00003.gguf"
	for _, c := range []struct {
		name  string
		paths []string
		lists [][]TreeFile
		want  []string
	}{
		{"its shards", []string{"m.gguf"}, [][]TreeFile{files(one, two, "n.gguf")}, []string{"m.gguf", one, two}},
		{"in a folder", []string{"d/m.gguf"}, [][]TreeFile{files("d/"+one, two)}, []string{"d/m.gguf", "d/" + one}},
		{"a file of the name", []string{"m.gguf"}, [][]TreeFile{files(one, "m.gguf")}, []string{"m.gguf"}},
		{"a file in one, shards in the other", []string{"m.gguf"}, [][]TreeFile{files("m.gguf"), files(one)}, []string{"m.gguf", one}},
		{"cut otherwise", []string{"m.gguf"}, [][]TreeFile{files(one, two), files(of3)}, []string{"m.gguf", one, two, of3}},
		{"two sets: the first has the name", []string{"m.gguf"}, [][]TreeFile{files(one, two, of3)}, []string{"m.gguf", one, two}},
		{"two sets: the second", []string{"m-*-of-00003.gguf"}, [][]TreeFile{files(one, two, of3)}, []string{"m-*-of-00003.gguf", of3}},
		{"named twice", []string{one, "m.gguf"}, [][]TreeFile{files(one, two)}, []string{one, "m.gguf", two}},
		{"a link is no shard", []string{"m.gguf"}, [][]TreeFile{{{Path: one, Mode: ModeLink}}}, []string{"m.gguf"}},
		{"another format", []string{"m.safetensors"}, [][]TreeFile{files(one, two)}, []string{"m.safetensors"}},
		{"a folder", []string{"", "d"}, [][]TreeFile{files("d/" + one)}, []string{"", "d"}},
	} {
		if got := WithShards(c.paths, c.lists...); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
