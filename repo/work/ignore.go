package work

import (
	"io"
	"os"
	"path/filepath"
	"strings"
)

// IgnoreFile is the name of a file that lists what is not to be tracked, for its
// folder and those below.
const IgnoreFile = ".ditsignore"

// maxIgnore bounds how much of a .ditsignore is read, in bytes.
const maxIgnore = 1 << 20

// ignores are the rules that hold in one folder: its own and, through up, those
// of the folders above. The last line that matches decides, deeper files first.
type ignores struct {
	up    *ignores
	dir   string // slash-separated, relative to the root; "" is the root
	globs []glob
}

// usuallyIgnored are the rules above those of the root: what programs leave in folders of models, and the halves of
// downloads. A .ditsignore can take them back.
var usuallyIgnored = &ignores{globs: parseGlobs(`
**/.cache/huggingface/
*.incomplete
__pycache__/
`)}

// enter returns the rules for the folder dir below x's, reading its .ditsignore
// if it has one. A link is not followed. They are x's where the file cannot be read.
func (x *ignores) enter(root, dir string) (*ignores, error) {
	name := filepath.Join(root, filepath.FromSlash(dir), IgnoreFile)
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return x, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return x, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxIgnore))
	if err != nil {
		return x, err
	}
	return &ignores{up: x, dir: dir, globs: parseGlobs(string(b))}, nil
}

func parseGlobs(text string) []glob {
	var globs []glob
	for line := range strings.SplitSeq(strings.TrimPrefix(text, "\ufeff"), "\n") {
		if g, ok := parseGlob(line); ok {
			globs = append(globs, g)
		}
	}
	return globs
}

// match says that path is ignored by itself; that a folder above it is ignored is
// for the caller to know.
func (x *ignores) match(path string, isDir bool) bool {
	for ; x != nil; x = x.up {
		rel := strings.TrimPrefix(strings.TrimPrefix(path, x.dir), "/")
		for i := len(x.globs) - 1; i >= 0; i-- {
			if x.globs[i].match(rel, isDir) {
				return !x.globs[i].negated
			}
		}
	}
	return false
}
