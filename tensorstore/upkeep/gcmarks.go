package upkeep

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// marksHeader is the first line of the file of marks.
//
//	dits marked 1
//	PACK SECONDS RANGES     RANGES: numbers of records in the pack, from 0: "0-12,15"
//
// SECONDS since 1970 is when a gc found first that nothing needs them. There is a line for each pack and time.
const marksHeader = "dits marked 1"

func marksPath(s *tensorstore.Store) string { return filepath.Join(s.Dir(), "marked") }

// A mark is a run of records of a pack that were found to be dead at one time.
type mark struct {
	seconds  uint32
	from, to uint32 // the last too
}

// readMarks reads which records were found to be dead, by pack. A file that is damaged marks nothing: the time starts
// anew.
func readMarks(s *tensorstore.Store) (map[string][]mark, error) {
	f, err := os.Open(marksPath(s))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	marks, err := parseMarks(f)
	if err != nil {
		return nil, nil
	}
	return marks, nil
}

func parseMarks(r io.Reader) (map[string][]mark, error) {
	in := bufio.NewReader(r)
	if line, err := in.ReadString('\n'); err != nil || line != marksHeader+"\n" {
		return nil, fmt.Errorf("first line %q, want %q", line, marksHeader)
	}
	marks := map[string][]mark{}
	for {
		line, err := in.ReadString('\n')
		if err == io.EOF && line == "" {
			return marks, nil
		}
		if err != nil {
			return nil, fmt.Errorf("last line is cut off: %w", err)
		}
		if err := parseMarkLine(marks, strings.TrimSuffix(line, "\n")); err != nil {
			return nil, err
		}
	}
}

func parseMarkLine(marks map[string][]mark, line string) error {
	fields := strings.Split(line, " ")
	if len(fields) != 3 {
		return fmt.Errorf("%.80q, want PACK SECONDS RANGES", line)
	}
	if _, err := digest.Parse(fields[0]); err != nil {
		return err
	}
	seconds, err := strconv.ParseUint(fields[1], 10, 32)
	if err != nil {
		return err
	}
	for run := range strings.SplitSeq(fields[2], ",") {
		first, last, more := strings.Cut(run, "-")
		if !more {
			last = first
		}
		from, err := strconv.ParseUint(first, 10, 32)
		to, lerr := strconv.ParseUint(last, 10, 32)
		if err := cmp.Or(err, lerr); err != nil || to < from {
			return fmt.Errorf("records %.40q of pack %s", run, fields[0])
		}
		marks[fields[0]] = append(marks[fields[0]], mark{uint32(seconds), uint32(from), uint32(to)})
	}
	return nil
}

// writeMarks replaces the file of marks.
func writeMarks(s *tensorstore.Store, marks map[string][]mark) error {
	var b bytes.Buffer
	fmt.Fprintln(&b, marksHeader)
	names := make([]string, 0, len(marks))
	for name := range marks {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		formatMarks(&b, name, marks[name])
	}
	return disk.WriteFile(s.Options().FS, marksPath(s), 0, func(w io.Writer) error {
		_, err := w.Write(b.Bytes())
		return err
	})
}

// formatMarks writes the lines of a pack.
func formatMarks(b *bytes.Buffer, pack string, marks []mark) {
	marks = runs(marks)
	for i, m := range marks {
		switch {
		case i == 0 || m.seconds != marks[i-1].seconds:
			if i > 0 {
				b.WriteByte('\n')
			}
			fmt.Fprintf(b, "%s %d ", pack, m.seconds)
		default:
			b.WriteByte(',')
		}
		fmt.Fprint(b, m.from)
		if m.to > m.from {
			fmt.Fprintf(b, "-%d", m.to)
		}
	}
	if len(marks) > 0 {
		b.WriteByte('\n')
	}
}

// runs are the same marks in order, those together that follow one another. It changes marks.
func runs(marks []mark) []mark {
	slices.SortFunc(marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.seconds, b.seconds), cmp.Compare(a.from, b.from))
	})
	joined := marks[:0]
	for _, m := range marks {
		if n := len(joined); n > 0 && joined[n-1].seconds == m.seconds && joined[n-1].to+1 == m.from {
			joined[n-1].to = m.to
			continue
		}
		joined = append(joined, m)
	}
	return joined
}

// markedBy is when a record was marked; 0 if it was not.
func markedBy(marks []mark, at uint32) uint32 {
	i, _ := slices.BinarySearchFunc(marks, at, func(m mark, at uint32) int { return cmp.Compare(m.to, at) })
	if i < len(marks) && marks[i].from <= at {
		return marks[i].seconds
	}
	return 0
}

// recall gives the records of a census the times at which they were marked.
func (c *census) recall(marks map[string][]mark) {
	of := make([][]mark, len(c.packs))
	for i, p := range c.packs {
		of[i] = marks[p.name]
		slices.SortFunc(of[i], func(a, b mark) int { return cmp.Compare(a.to, b.to) })
	}
	for i := range c.objects {
		c.objects[i].marked = markedBy(of[c.objects[i].pack], c.objects[i].at)
	}
	for i := range c.records {
		c.records[i].marked = markedBy(of[c.records[i].pack], c.records[i].at)
	}
}
