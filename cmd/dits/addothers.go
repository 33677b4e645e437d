package main

import (
	"fmt"

	"github.com/dustin/go-humanize"

	"dits/repo"
)

// mostOthers is how many files that are no models are told of one by one.
const mostOthers = 20

// An otherFiles is one line for the many files that are no models: those that came after the first ones.
type otherFiles struct {
	told            int // one by one
	added, removed  int // the rest
	logical, stored int64
}

// take says whether a file is counted here, and not told of by itself.
func (f *otherFiles) take(a repo.Added) bool {
	if a.Tensors > 0 || a.Warning != "" {
		return false
	}
	if f.told++; f.told <= mostOthers {
		return false
	}
	if a.Removed {
		f.removed++
		return true
	}
	f.added++
	f.logical += a.Logical
	f.stored += a.Stored
	return true
}

// lines tell of what was folded.
func (f *otherFiles) lines() (lines []string) {
	if f.added > 0 {
		lines = append(lines, fmt.Sprintf("%s  %s → %s  (-v lists them)", moreFiles(f.added), size(f.logical), size(f.stored)))
	}
	if f.removed > 0 {
		lines = append(lines, fmt.Sprintf("%s  removed  (-v lists them)", moreFiles(f.removed)))
	}
	return lines
}

// moreFiles is "19,980 other files".
func moreFiles(n int) string {
	if n == 1 {
		return "1 other file"
	}
	return humanize.Comma(int64(n)) + " other files"
}

// storedShare is " (12.3%)", where it takes more " (81 B more than outside)", "" of nothing.
func storedShare(stored, logical int64) string {
	if stored > logical && logical > 0 {
		return fmt.Sprintf(" (%s more than outside)", size(stored-logical))
	}
	return percentOf(stored, logical)
}
