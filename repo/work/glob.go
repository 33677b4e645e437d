package work

import (
	"path"
	"strings"
)

// A glob is one line of a .ditsignore, by the rules of gitignore(5).
type glob struct {
	parts   []string // of the pattern between slashes; "**" is any number of folders
	negated bool     // "!": takes back what an earlier line ignores
	folder  bool     // ends in "/": folders only
}

// parseGlob reads a line; ok is false for blank lines, comments and patterns that
// cannot match.
func parseGlob(line string) (g glob, ok bool) {
	line = trimSpaces(strings.TrimSuffix(line, "\r"))
	if line == "" || line[0] == '#' {
		return g, false
	}
	if line[0] == '!' {
		g.negated, line = true, line[1:]
	}
	if rest, found := strings.CutSuffix(line, "/"); found {
		g.folder, line = true, rest
	}
	anchored := strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if line == "" {
		return g, false
	}
	if !anchored {
		g.parts = []string{"**"}
	}
	for _, p := range strings.Split(line, "/") {
		p = strings.ReplaceAll(p, "[!", "[^")
		if _, err := path.Match(p, ""); err != nil {
			return g, false
		}
		g.parts = append(g.parts, p)
	}
	return g, true
}

// trimSpaces drops spaces at the end that no backslash keeps.
func trimSpaces(s string) string {
	for strings.HasSuffix(s, " ") && !strings.HasSuffix(s, "\\ ") {
		s = s[:len(s)-1]
	}
	return s
}

// match says that g covers a path relative to the folder of its file.
func (g *glob) match(rel string, isDir bool) bool {
	return (isDir || !g.folder) && matchParts(g.parts, strings.Split(rel, "/"))
}

func matchParts(pattern, names []string) bool {
	for ; len(pattern) > 0; pattern, names = pattern[1:], names[1:] {
		if pattern[0] == "**" {
			return matchAnyDepth(pattern[1:], names)
		}
		if len(names) == 0 {
			return false
		}
		if ok, _ := path.Match(pattern[0], names[0]); !ok {
			return false
		}
	}
	return len(names) == 0
}

// matchAnyDepth matches what follows a "**": at its end everything below, before
// more parts any number of folders, none too.
func matchAnyDepth(rest, names []string) bool {
	if len(rest) == 0 {
		return len(names) > 0
	}
	for i := range names {
		if matchParts(rest, names[i:]) {
			return true
		}
	}
	return false
}
