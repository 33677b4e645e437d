package object

import (
	"io/fs"
)

// Modes of tree entries: git's numbers, and no others.
const (
	ModeFile uint32 = 0o100644
	ModeExec uint32 = 0o100755
	ModeLink uint32 = 0o120000 // content is the link's target
	ModeDir  uint32 = 0o040000 // ID is that of a tree
)

// ValidMode says that a tree may have that mode.
func ValidMode(m uint32) bool {
	return m == ModeFile || m == ModeExec || m == ModeLink || m == ModeDir
}

// ModeOf returns the entry mode of a file in the working folder; ok is false for
// what dits does not track: devices, sockets, pipes.
func ModeOf(m fs.FileMode) (mode uint32, ok bool) {
	switch {
	case m.IsDir():
		return ModeDir, true
	case m&fs.ModeSymlink != 0:
		return ModeLink, true
	case !m.IsRegular():
		return 0, false
	case m&0o100 != 0:
		return ModeExec, true
	}
	return ModeFile, true
}
