package refs

import (
	"fmt"
	"strings"

	"dits/repo/object"
)

// Where branches and tags live, as in git.
const ()

// BranchRef returns the ref of a branch, which may not look like an option, a
// digest or HEAD.
func BranchRef(name string) (string, error) { return shortRef(object.BranchPrefix, name) }

// TagRef is the same for a tag.
func TagRef(name string) (string, error) { return shortRef(object.TagPrefix, name) }

func shortRef(prefix, name string) (string, error) {
	switch {
	case name == object.HeadName || name == "@":
		return "", fmt.Errorf("name %q: reserved", name)
	case strings.HasPrefix(name, "-"):
		return "", fmt.Errorf("name %q: begins with a dash", name)
	case len(name) == 64 && isHex(name):
		return "", fmt.Errorf("name %q: would hide a commit", name)
	}
	if why := object.BadRefName(prefix + name); why != "" {
		return "", fmt.Errorf("%s %q: %s", kindOf(prefix), name, why)
	}
	return prefix + name, nil
}

func isHex(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return s != ""
}

// kindOf is what refs below a prefix are called.
func kindOf(prefix string) string {
	if prefix == object.TagPrefix {
		return "tag"
	}
	return "branch"
}
