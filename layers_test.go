// Package dits holds the test of how packages may depend on each other.
package dits_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// levels order the packages: one may import those of lower levels only. Packages of
// one level do not know each other, but for those listed in leaves.
var levels = map[string]int{
	"tensorstore/buffer":        0,
	"tensorstore/digest":        0,
	"tensorstore/disk":          0,
	"cdc":                       0,
	"cpu":                       0,
	"formats":                   0,
	"formats/float":             0,
	"formats/ggml":              0,
	"formats/safetensors":       1,
	"formats/gguf":              1,
	"formats/names":             1,
	"formats/imatrix":           1,
	"formats/number":            1,
	"tensorstore/codec/entropy": 1,
	"tensorstore/codec/blocks":  2,
	"tensorstore/codec":         3,
	"tensorstore/pack":          3,
	"tensorstore/predict":       4,
	"catalog":                   4,
	"tensorstore/choose":        5,
	"tensorstore":               6,
	"tensorstore/upkeep":        7,
	"repo/object":               7,
	"repo/refs":                 8,
	"repo/diff":                 8,
	"repo/order":                8,
	"repo/merge":                8,
	"repo/lora":                 9,
	"repo/inspect":              9,
	"repo/work":                 9,
	"repo/history":              10,
	"repo/relatives":            10,
	"repo/lineage":              11,
	"repo":                      12,
	"remote":                    13,
	"explore":                   13,
	"hub":                       13,
	"mount":                     13,
	"cmd/dits":                  14,
}

// leaves are the exceptions within a level: from, to.
var leaves = map[[2]string]bool{
	{"formats", "formats/ggml"}:       true,
	{"formats/ggml", "cpu"}:           true,
	{"formats/ggml", "formats/float"}: true,
}

// only names the one package that may import a library, and why.
var only = map[string][2]string{
	"github.com/zeebo/blake3":                        {"tensorstore/digest", "identity is defined in one place"},
	"github.com/mattn/go-sqlite3":                    {"catalog", "nothing else knows how rows are kept"},
	"github.com/spf13/cobra":                         {"cmd/dits", "the rest is usable without a command line"},
	"github.com/vbauerster/mpb/v8":                   {"cmd/dits", "the rest reports progress through an interface"},
	"github.com/hanwen/go-fuse/v2/fs":                {"mount", "nothing else knows how file systems talk to the kernel"},
	"github.com/hanwen/go-fuse/v2/fuse":              {"mount", "nothing else knows how file systems talk to the kernel"},
	"github.com/klauspost/compress/zstd":             {"tensorstore/codec", "coders live in one place"},
	"golang.org/x/sys/cpu":                           {"cpu", "which instructions there are is asked in one place"},
	"github.com/prometheus/client_golang/prometheus": {"hub", "what is counted is counted where requests come in"},
}

const module = "dits/"

func TestImportsPointDown(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != "." || d.Name() == "scripts" || d.Name() == "testdata" || d.Name() == "tools") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		from := filepath.ToSlash(filepath.Dir(file))
		seen[from] = true
		checkImports(t, file, from)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"catalog", "cdc", "cpu", "formats", "repo", "tensorstore", "cmd/dits"} {
		if !seen[p] {
			t.Errorf("package %s: not found, so nothing was checked", p)
		}
	}
}

func checkImports(t *testing.T, file, from string) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.Imports {
		to, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if rule, ok := only[to]; ok && rule[0] != from {
			t.Errorf("%s imports %s, which only %s may: %s", file, to, rule[0], rule[1])
		}
		if ours, ok := strings.CutPrefix(to, module); ok {
			checkLevel(t, file, from, ours)
		}
	}
}

func checkLevel(t *testing.T, file, from, to string) {
	if helper := path.Dir(from); levels[from] == 0 && helper != "." && isTestHelper(from) {
		return // packages for tests, like faultfs and formatstest
	}
	have, ok := levels[from]
	want, known := levels[to]
	switch {
	case !ok || !known:
		t.Errorf("%s: package %s or %s has no level", file, from, to)
	case want > have || want == have && !leaves[[2]string{from, to}]:
		t.Errorf("%s: %s (level %d) imports %s (level %d): imports point down only", file, from, have, to, want)
	}
}

// isTestHelper says that a package exists for the tests of the one it is in.
func isTestHelper(p string) bool {
	switch p {
	case "tensorstore/disk/faultfs", "formats/formatstest", "tensorstore/storetest", "repo/repotest", "tensorstore/codec/blocks/blockstest":
		return true
	}
	return false
}
