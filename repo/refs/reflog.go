package refs

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
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
// left out.
func (r *Refs) Reflog(name string) ([]LogEntry, error) {
	if name != object.HeadName {
		if err := object.CheckRefName(name); err != nil {
			return nil, err
		}
	}
	b, err := os.ReadFile(r.logPath(name))
	if disk.IsNoFile(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entries, err := parseLog(name, b)
	if err != nil {
		return nil, err
	}
	now, err := r.valueOf(name)
	if err != nil {
		return nil, err
	}
	entries = withoutUnmade(entries, now)
	for i, j := 0, len(entries)-1; i < j; i, j = i+1, j-1 {
		entries[i], entries[j] = entries[j], entries[i]
	}
	return entries, nil
}

func (r *Refs) valueOf(name string) (digest.ID, error) {
	if name == object.HeadName {
		h, err := r.Head()
		return h.Commit, err
	}
	return r.ReadRef(name)
}

// withoutUnmade drops the last entry if it starts from where the ref still is.
func withoutUnmade(entries []LogEntry, now digest.ID) []LogEntry {
	if n := len(entries); n > 0 && entries[n-1].New != now && entries[n-1].Old == now {
		return entries[:n-1]
	}
	return entries
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

// appendLog adds a line to the log of a ref, by writing the log anew: logs are
// short, and a half-written line cannot come to be. A last line that was never
// made true is dropped.
func (r *Refs) appendLog(name string, old, new digest.ID, reason string) error {
	path := r.logPath(name)
	b, err := os.ReadFile(path)
	if err != nil && !disk.IsNoFile(err) {
		return err
	}
	entries, err := parseLog(name, b)
	if err != nil {
		return err
	}
	entries = append(withoutUnmade(entries, old), LogEntry{old, new, r.Author().String(), time.Now(), reason})
	if err := r.FS.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return r.ReplaceFile(path, b, formatLog(entries))
}

// formatLog writes a line for each entry, as git does:
//
//	OLD NEW NAME <MAIL> SECONDS ZONE\tREASON\n
//
// OLD and NEW are 64 digits each, all zero for none.
func formatLog(entries []LogEntry) []byte {
	var b bytes.Buffer
	for _, e := range entries {
		reason := strings.Join(strings.Fields(e.Reason), " ")
		fmt.Fprintf(&b, "%s %s %s\t%s\n", e.Old, e.New, object.Stamp(e.Author, e.Time), reason)
	}
	return b.Bytes()
}

// parseLog reads what formatLog wrote, oldest first.
func parseLog(name string, b []byte) ([]LogEntry, error) {
	var entries []LogEntry
	for n, line := range strings.Split(string(b), "\n") {
		if line == "" {
			continue
		}
		e, err := parseLogLine(line)
		if err != nil {
			return nil, fmt.Errorf("reflog of %s: line %d: %w: %w", name, n+1, err, object.ErrCorrupt)
		}
		entries = append(entries, e)
	}
	return entries, nil
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
		var err error
		if old, err = os.ReadFile(r.logPath(name)); err != nil && !disk.IsNoFile(err) {
			return err
		}
		b = append(b, old...)
	}
	return r.ReplaceFile(r.logPath(to), old, b)
}
