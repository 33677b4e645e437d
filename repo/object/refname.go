package object

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// What names of commits are called, and where they live in .dits, as in git.
const (
	HeadName     = "HEAD"
	RefPrefix    = "refs/"
	BranchPrefix = "refs/heads/"
	TagPrefix    = "refs/tags/"
)

// CheckRefName refuses what git check-ref-format refuses, and names that a file
// system may not keep apart from .dits: at least two parts ("refs/heads/main"),
// none of which is empty, begins with a dot or ends with ".lock"; no "..", no
// "@{", no control character, space, ~ ^ : ? * [ or backslash, no dot at the end.
func CheckRefName(name string) error {
	if why := BadRefName(name); why != "" {
		return fmt.Errorf("ref name %.255q: %s", name, why)
	}
	return nil
}

// BadRefName says why CheckRefName refuses a name, "" where it does not.
func BadRefName(name string) string {
	switch {
	case !strings.Contains(name, "/"):
		return "one part, want refs/…"
	case !strings.HasPrefix(name, RefPrefix):
		return "does not begin with refs/"
	case len(name) > MaxPath || !utf8.ValidString(name):
		return "too long, or not UTF-8"
	case strings.Contains(name, "..") || strings.Contains(name, "@{"):
		return `has ".." or "@{"`
	case strings.HasSuffix(name, "."):
		return "ends with a dot"
	}
	for _, c := range []byte(name) {
		if c < 0x20 || c == 0x7f || strings.IndexByte(" ~^:?*[\\", c) >= 0 {
			return "has " + charName(c)
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		switch {
		case part == "":
			return "has an empty part"
		case part[0] == '.':
			return "has a part that begins with a dot"
		case strings.HasSuffix(part, ".lock"):
			return "has a part that ends with .lock"
		case len(part) > maxName:
			return "has a part that is too long"
		}
	}
	return ""
}

// charName is a character as people call it.
func charName(c byte) string {
	if c == ' ' {
		return "a space"
	}
	return fmt.Sprintf("%q", c)
}
