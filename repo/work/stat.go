package work

import (
	"io/fs"
)

// A Stat is what tells a file of the working folder from a changed one without
// reading it. The zero Stat matches nothing: it marks an entry that has to be
// hashed.
type Stat struct {
	MTime int64  // nanoseconds since 1970
	CTime int64  // the same; 0 where the system has none
	Inode uint64 // 0 where the system has none
}

// StatOf is the Stat of a file from its information.
func StatOf(info fs.FileInfo) Stat {
	s := Stat{MTime: info.ModTime().UnixNano()}
	s.CTime, s.Inode = changeTime(info)
	return s
}
