package tensorstore

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dits/tensorstore/disk"
)

// Records that were found damaged are noted in the file "damaged" of the store, a line each:
//
//	PACK OFFSET
//
// PACK is the name of the pack, OFFSET that of the payload in it, decimal. They do not count as stored, so that
// their content is stored anew when it is added again. The file is a cache of what a check has found.

// marksPath is that file.
func (s *Store) marksPath() string { return filepath.Join(s.dir, "damaged") }

// maxMarks bounds what is read of it, in bytes.
const maxMarks = 64 << 20

// readMarks reads the marks. What cannot be read marks nothing.
func (s *Store) readMarks() map[place]bool {
	f, err := os.Open(s.marksPath())
	if err != nil {
		return nil
	}
	defer f.Close()
	marks := map[place]bool{}
	for lines := bufio.NewScanner(io.LimitReader(f, maxMarks)); lines.Scan(); {
		var p place
		if n, err := fmt.Sscanf(lines.Text(), "%s %d", &p.pack, &p.off); n == 2 && err == nil {
			marks[p] = true
		}
	}
	return marks
}

// Marked says that some record was found damaged by the last check.
func (s *Store) Marked() bool { return len(s.marks) > 0 }

// Mark notes which records are damaged, and that all others are not.
func (s *Store) Mark(damaged []Location) error {
	marks := map[place]bool{}
	var lines []string
	for _, loc := range damaged {
		if p := (place{loc.Pack, loc.Off}); !marks[p] {
			marks[p] = true
			lines = append(lines, fmt.Sprintf("%s %d\n", p.pack, p.off))
		}
	}
	slices.Sort(lines)
	content := []byte(strings.Join(lines, ""))
	if old, err := os.ReadFile(s.marksPath()); bytes.Equal(old, content) && (err == nil || len(content) == 0) {
		return nil
	}
	s.marks = marks
	return disk.WriteFile(s.options.FS, s.marksPath(), 0, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// Causes are the records that an error is about: of one that cannot be read because of another, the other.
func Causes(err error) (locs []Location) {
	var below []error
	switch x := err.(type) {
	case nil:
		return nil
	case interface{ Unwrap() []error }:
		below = x.Unwrap()
	default:
		below = []error{errors.Unwrap(err)}
	}
	for _, b := range below {
		locs = append(locs, Causes(b)...)
	}
	if r, ok := err.(*RecordError); ok && len(locs) == 0 {
		locs = []Location{r.Location}
	}
	return locs
}
