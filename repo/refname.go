package repo

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Where branches and tags live, as in git.
const (
	headName     = "HEAD"
	refPrefix    = "refs/"
	branchPrefix = "refs/heads/"
	tagPrefix    = "refs/tags/"
)

// checkRefName refuses what git check-ref-format refuses, and names that a file
// system may not keep apart from .dits: at least two parts ("refs/heads/main"),
// none of which is empty, begins with a dot or ends with ".lock"; no "..", no
// "@{", no control character, space, ~ ^ : ? * [ or backslash, no dot at the end.
func checkRefName(name string) error {
	bad := func(why string) error { return fmt.Errorf("ref name %q: %s", name, why) }
	switch {
	case !strings.Contains(name, "/"):
		return bad("one part, want refs/…")
	case !strings.HasPrefix(name, refPrefix):
		return bad("does not begin with refs/")
	case len(name) > maxPath || !utf8.ValidString(name):
		return bad("too long, or not UTF-8")
	case strings.Contains(name, "..") || strings.Contains(name, "@{"):
		return bad(`has ".." or "@{"`)
	case strings.HasSuffix(name, "."):
		return bad("ends with a dot")
	}
	for _, c := range []byte(name) {
		if c < 0x20 || c == 0x7f || strings.IndexByte(" ~^:?*[\\", c) >= 0 {
			return bad(fmt.Sprintf("has %q", c))
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		switch {
		case part == "":
			return bad("has an empty part")
		case part[0] == '.':
			return bad("has a part that begins with a dot")
		case strings.HasSuffix(part, ".lock"):
			return bad("has a part that ends with .lock")
		case len(part) > maxName:
			return bad("has a part that is too long")
		}
	}
	return nil
}

// branchRef returns the ref of a branch, which may not look like an option, a
// digest or HEAD.
func branchRef(name string) (string, error) { return shortRef(branchPrefix, name) }

// tagRef is the same for a tag.
func tagRef(name string) (string, error) { return shortRef(tagPrefix, name) }

func shortRef(prefix, name string) (string, error) {
	switch {
	case name == headName || name == "@":
		return "", fmt.Errorf("name %q: reserved", name)
	case strings.HasPrefix(name, "-"):
		return "", fmt.Errorf("name %q: begins with a dash", name)
	case len(name) == 64 && isHex(name):
		return "", fmt.Errorf("name %q: would hide a commit", name)
	}
	return prefix + name, checkRefName(prefix + name)
}

func isHex(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return s != ""
}
