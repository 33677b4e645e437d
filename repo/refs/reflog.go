package refs

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// A LogEntry is one move of a ref.
type LogEntry struct {
	Old    digest.ID `json:"old"` // zero when the ref was made
	New    digest.ID `json:"new"`
	Author string    `json:"author"`
	Time   time.Time `json:"time"`
	Reason string    `json:"reason"`
}

func (r *Refs) logPath(name string) string {
	return filepath.Join(r.Dir, "logs", filepath.FromSlash(name))
}

// Reflog returns the moves of a ref ("HEAD", "refs/heads/main"), newest first. A
// move that was noted but never made, because the process died in between, is
// left out, and so is a line that cannot be read.
func (r *Refs) Reflog(name string) ([]LogEntry, error) {
	if name != object.HeadName {
		if err := object.CheckRefName(name); err != nil {
			return nil, err
		}
	}
	lines, _, err := readLog(r.logPath(name))
	if len(lines) == 0 || err != nil {
		return nil, err
	}
	now, err := r.valueOf(name)
	if err != nil {
		return nil, err
	}
	return newestFirst(withoutUnmade(lines, now)), nil
}

// LastOf is the newest move of a ref that fits, by its log; ok is false if none does. Lines before it are not parsed.
func (r *Refs) LastOf(name string, fits func(LogEntry) bool) (last LogEntry, ok bool, err error) {
	log, err := contentOf(r.logPath(name))
	if len(log) == 0 || err != nil {
		return last, false, err
	}
	now, err := r.valueOf(name)
	if err != nil {
		return last, false, err
	}
	log = log[:len(log)-len(unmade(log, now))]
	for len(log) > 0 {
		log = bytes.TrimRight(log, "\n")
		start := bytes.LastIndexByte(log, '\n') + 1
		for _, l := range parseLog(log[start:]) {
			if l.err == nil && fits(l.entry) {
				return l.entry, true, nil
			}
		}
		log = log[:start]
	}
	return last, false, nil
}

// newestFirst are the moves that can be read.
func newestFirst(lines []logLine) []LogEntry {
	var entries []LogEntry
	for _, l := range slices.Backward(lines) {
		if l.err == nil {
			entries = append(entries, l.entry)
		}
	}
	return entries
}

func (r *Refs) valueOf(name string) (digest.ID, error) {
	if name == object.HeadName {
		h, err := r.Head()
		return h.Commit, err
	}
	return r.ReadRef(name)
}

// withoutUnmade drops the last line if it starts from where the ref still is.
func withoutUnmade(lines []logLine, now digest.ID) []logLine {
	if n := len(lines); n > 0 && lines[n-1].err == nil && lines[n-1].entry.New != now && lines[n-1].entry.Old == now {
		return lines[:n-1]
	}
	return lines
}

// logUpdate notes that a ref is about to move, and HEAD with it if HEAD names it.
func (r *Refs) logUpdate(name string, old, new digest.ID, reason string) error {
	if !strings.HasPrefix(name, object.BranchPrefix) {
		return nil // only branches and HEAD have logs, as in git
	}
	if err := r.appendLog(name, old, new, reason); err != nil {
		return err
	}
	h, err := r.Head()
	if err != nil || h.Detached() || object.BranchPrefix+h.Branch != name {
		return err
	}
	return r.appendLog(object.HeadName, old, new, reason)
}

// appendLog adds a line to the log of a ref, by writing the log anew: a half-written line cannot come to be. Of what it
// has only the last line is read. One that was never made true is dropped; one that cannot be read stays, for fsck to
// tell and to put aside.
func (r *Refs) appendLog(name string, old, new digest.ID, reason string) error {
	path := r.logPath(name)
	before, err := contentOf(path)
	if err != nil {
		return err
	}
	made := LogEntry{old, new, r.Author().String(), time.Now(), reason}
	kept := before[:len(before)-len(unmade(before, old))]
	if n := len(kept); n > 0 && kept[n-1] != '\n' {
		kept = append(slices.Clip(kept), '\n')
	}
	if err := r.FS.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return r.ReplaceFile(path, before, slices.Concat(kept, formatLog([]logLine{{entry: made}})))
}

// unmade is the last line of a log if it is of a move that was never made: one from where the ref still is.
func unmade(log []byte, now digest.ID) []byte {
	last := log[bytes.LastIndexByte(bytes.TrimRight(log, "\n"), '\n')+1:]
	if len(withoutUnmade(parseLog(last), now)) > 0 {
		return nil
	}
	return last
}

// contentOf is what a file of .dits has; nothing if there is none, or what is there is no file.
func contentOf(path string) ([]byte, error) {
	b, err := disk.ReadRegular(path, maxLog)
	if disk.IsNoFile(err) || errors.Is(err, disk.ErrSpecial) {
		return nil, nil
	}
	return b, err
}

// A logLine is a line of a log: a move, or what cannot be read as one.
type logLine struct {
	entry LogEntry
	text  string
	err   error
}

// readLog reads a log, oldest first, and what its file has; none if there is no file. What is no file is one line
// that cannot be read.
func readLog(path string) ([]logLine, []byte, error) {
	b, err := disk.ReadRegular(path, maxLog)
	switch {
	case disk.IsNoFile(err):
		return nil, nil, nil
	case errors.Is(err, disk.ErrSpecial):
		return []logLine{{err: err}}, nil, nil
	case err != nil:
		return nil, nil, err
	}
	return parseLog(b), b, nil
}

// maxLog bounds a log in bytes.
const maxLog = 1 << 30

// formatLog writes a line for each entry, as git does:
//
//	OLD NEW NAME <MAIL> SECONDS ZONE\tREASON\n
//
// OLD and NEW are 64 digits each, all zero for none.
func formatLog(lines []logLine) []byte {
	var b bytes.Buffer
	for _, l := range lines {
		if l.err != nil {
			b.WriteString(l.text + "\n")
			continue
		}
		e := l.entry
		reason := strings.Join(strings.Fields(e.Reason), " ")
		fmt.Fprintf(&b, "%s %s %s\t%s\n", e.Old, e.New, object.Stamp(e.Author, e.Time), reason)
	}
	return b.Bytes()
}

// parseLog reads what formatLog wrote, oldest first.
func parseLog(b []byte) []logLine {
	var lines []logLine
	for n, line := range strings.Split(string(b), "\n") {
		if line == "" {
			continue
		}
		e, err := parseLogLine(line)
		if err != nil {
			err = fmt.Errorf("line %d: %w", n+1, err)
		}
		lines = append(lines, logLine{e, line, err})
	}
	return lines
}

// BrokenLogs is what is wrong with the logs: a [BrokenError] for each that has lines that cannot be read.
func (r *Refs) BrokenLogs() ([]*BrokenError, error) {
	var broken []*BrokenError
	root := filepath.Join(r.Dir, "logs")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		lines, _, err := readLog(path)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		for _, l := range lines {
			if l.err != nil {
				broken = append(broken, &BrokenError{path, fmt.Errorf("reflog of %s: %w", filepath.ToSlash(rel), l.err)})
				break
			}
		}
		return nil
	})
	return broken, err
}

func parseLogLine(line string) (e LogEntry, err error) {
	const ids = 2 * (64 + 1)
	head, reason, ok := strings.Cut(line, "\t")
	if !ok || len(head) < ids || head[64] != ' ' || head[ids-1] != ' ' {
		return e, fmt.Errorf("%.40q, want OLD NEW AUTHOR SECONDS ZONE and a reason", line)
	}
	if e.Old, err = digest.Parse(head[:64]); err != nil {
		return e, err
	}
	if e.New, err = digest.Parse(head[65 : ids-1]); err != nil {
		return e, err
	}
	e.Reason = reason
	e.Author, e.Time, err = object.ParseStamp(head[ids:])
	return e, err
}

// CopyLog puts the entries of one log before those of another.
func (r *Refs) CopyLog(from, to string) error {
	var b, old []byte
	for _, name := range []string{from, to} {
		var lines []logLine
		var err error
		if lines, old, err = readLog(r.logPath(name)); err != nil {
			return err
		}
		b = append(b, formatLog(lines)...)
	}
	return r.ReplaceFile(r.logPath(to), old, b)
}
