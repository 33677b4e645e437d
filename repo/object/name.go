package object

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on paths in trees and the index, in bytes. A path of a tree from
// elsewhere has to be one that this machine can make.
const (
	maxName = 255
	MaxPath = 4096
)

// CheckName refuses a name that cannot be one entry of a folder, or that would
// reach out of the folder or into .dits. The digits of HFS+ and NTFS that fold
// away (zero-width characters, a trailing dot or space, "dits~1") count as
// .dits too, because a tree may be checked out there.
func CheckName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("name: empty")
	case len(name) > maxName:
		return fmt.Errorf("name %.20q…: %d bytes, want at most %d", name, len(name), maxName)
	case name == "." || name == "..":
		return fmt.Errorf("name %q: not allowed", name)
	case strings.ContainsAny(name, "/\\\x00"):
		return fmt.Errorf("name %q: has a slash, backslash or NUL", name)
	case !utf8.ValidString(name):
		return fmt.Errorf("name %q: not UTF-8", name)
	case isDitsDir(name):
		return fmt.Errorf("name %q: reserved for the repository itself", name)
	}
	return nil
}

// isDitsDir says that some file system may take name for ".dits".
func isDitsDir(name string) bool { return isOne(folded(name), Dir, "dits~1") }

// controls are the folders in which other version control keeps what it knows, with their short names on NTFS.
var controls = []struct{ name, short string }{
	{".git", "git~1"}, {".hg", "hg~1"}, {".svn", "svn~1"}, {".jj", "jj~1"}, {".bzr", "bzr~1"}, {".dvc", "dvc~1"},
}

// IsForeign says that some file system may take name for one that belongs to other version control: its folder, or
// a file in its place that leads there. Trees may hold such names; the working folder is left alone there.
func IsForeign(name string) bool {
	name = folded(name)
	for _, c := range controls {
		if isOne(name, c.name, c.short) {
			return true
		}
	}
	return false
}

// ForeignPart is the path up to the first name that [IsForeign]; "" if there is none.
func ForeignPart(path string) string {
	for end := 0; end < len(path); end++ {
		from := end
		for end < len(path) && path[end] != '/' {
			end++
		}
		if IsForeign(path[from:end]) {
			return path[:end]
		}
	}
	return ""
}

// isOne says that a folded name is that of a folder, or its short name.
func isOne(name, dir, short string) bool {
	return strings.EqualFold(name, dir) || strings.EqualFold(name, short)
}

// folded is name without what some file system takes away from it, but for case.
func folded(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) {
		name = strings.Map(foldRune, name)
	}
	name = strings.TrimRight(name, ". ")
	if i := strings.IndexByte(name, ':'); i >= 0 { // NTFS stream
		name = strings.TrimRight(name[:i], ". ")
	}
	return name
}

// foldRune is what is left of a character on HFS+; -1 is nothing.
func foldRune(r rune) rune {
	switch {
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x206a && r <= 0x206f, r == 0xfeff:
		return -1
	case r == 0x017f: // ſ folds to s
		return 's'
	}
	return r
}

// CheckPath refuses a path any of whose parts [checkName] refuses.
func CheckPath(path string) error {
	if len(path) > MaxPath {
		return fmt.Errorf("path %.20q…: %d bytes, want at most %d", path, len(path), MaxPath)
	}
	for name := range strings.SplitSeq(path, "/") {
		if err := CheckName(name); err != nil && name == path {
			return err
		} else if err != nil {
			return fmt.Errorf("path %q: %w", path, err)
		}
	}
	return nil
}

// Dir is the name of the repository's folder in its working folder.
const Dir = ".dits"
