package formats

import (
	"bytes"
	"strconv"
	"strings"
)

// A StandIn is a small file that lies where a model was meant to be.
type StandIn struct {
	LFS  bool   // a pointer of Git LFS; else a page of HTML
	OID  string // of the pointer: "sha256:…"
	Size int64  // of what the pointer stands for, in bytes; 0 if it does not say
}

// StandInLen is how many first bytes of a file [FindStandIn] wants to see.
const StandInLen = 1024

// FindStandIn looks for a stand-in in the first bytes of a file; nil if they are none.
func FindStandIn(head []byte) *StandIn {
	if rest, ok := bytes.CutPrefix(head, []byte("version https://git-lfs.github.com/spec/")); ok {
		s := &StandIn{LFS: true}
		for line := range strings.Lines(string(rest)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
			switch key {
			case "oid":
				s.OID = value
			case "size":
				s.Size, _ = strconv.ParseInt(value, 10, 64)
			}
		}
		return s
	}
	start := strings.ToLower(string(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")))
	if strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html") {
		return &StandIn{}
	}
	return nil
}
