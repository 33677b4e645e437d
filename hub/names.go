package hub

import (
	"fmt"
	"slices"
	"strings"
)

// reserved are owners whose addresses mean something else.
var reserved = []string{"api", "explore"}

// CheckName is an error for what is no OWNER/NAME that clients can ask for.
func CheckName(name string) error {
	owner, rest, ok := strings.Cut(name, "/")
	if !ok || !isWord(owner) || !isWord(rest) {
		return fmt.Errorf("name %q: want OWNER/NAME of letters, digits, '.', '_' and '-'", name)
	}
	if slices.Contains(reserved, owner) {
		return fmt.Errorf("name %q: no owner can be called %s: addresses of the server itself begin so", name, owner)
	}
	return nil
}

// isWord says that text can be a part of a name.
func isWord(text string) bool {
	fits := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r)
	}
	foreign := func(r rune) bool { return !fits(r) }
	return strings.Trim(text, ".") != "" && !strings.ContainsFunc(text, foreign)
}
