package object

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"dits/catalog"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// EncodeCommit returns the canonical bytes of c; its ID is their BLAKE3.
//
//	tree HEX\n             64 lower-case hexadecimal digits
//	parent HEX\n           none, or one line a parent, in order
//	author NAME <MAIL> SECONDS ZONE\n
//	                       Unix seconds in decimal, zone as +hhmm or -hhmm
//	\n
//	MESSAGE                UTF-8 without NUL, to the end
func EncodeCommit(c catalog.Commit) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\n", c.Tree)
	for _, p := range c.Parents {
		fmt.Fprintf(&b, "parent %s\n", p)
	}
	fmt.Fprintf(&b, "author %s\n\n%s", Stamp(c.Author, c.Time), c.Message)
	return b.Bytes()
}

// DecodeCommit reads and checks the bytes of the commit id. What it accepts
// encodes to the same bytes again.
func DecodeCommit(id digest.ID, b []byte) (catalog.Commit, error) {
	what := "commit " + id.Short()
	if len(b) > maxText {
		return catalog.Commit{}, fmt.Errorf("%s: %d bytes, want at most %d: %w", what, len(b), maxText, ErrCorrupt)
	}
	head, message, ok := bytes.Cut(b, []byte("\n\n"))
	if !ok {
		return catalog.Commit{}, fmt.Errorf("%s: no blank line after the header: %w", what, ErrCorrupt)
	}
	c := catalog.Commit{ID: id, Message: string(message)}
	state := "tree"
	for line := range strings.SplitSeq(string(head), "\n") {
		key, value, _ := strings.Cut(line, " ")
		var err error
		switch {
		case key == "tree" && state == "tree":
			c.Tree, err = digest.Parse(value)
			state = "author"
		case key == "parent" && state == "author":
			var p digest.ID
			p, err = digest.Parse(value)
			c.Parents = append(c.Parents, p)
		case key == "author" && state == "author":
			c.Author, c.Time, err = ParseStamp(value)
			state = "end"
		default:
			err = fmt.Errorf("line %.40q, want %s", line, state)
		}
		if err != nil {
			return catalog.Commit{}, fmt.Errorf("%s: %w: %w", what, err, ErrCorrupt)
		}
	}
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 || !bytes.Equal(EncodeCommit(c), b) {
		return catalog.Commit{}, fmt.Errorf("%s: not in canonical form: %w", what, ErrCorrupt)
	}
	return c, nil
}

// ReadCommit returns the commit id, verified.
func (r *Database) ReadCommit(id digest.ID) (catalog.Commit, error) {
	b, err := r.Store.Object(pack.Commit, id)
	if err != nil {
		return catalog.Commit{}, err
	}
	return DecodeCommit(id, b)
}

// Stamp is who and when, as commits, tags and reflogs write it.
func Stamp(author string, t time.Time) string {
	return author + " " + strconv.FormatInt(t.Unix(), 10) + " " + t.Format("-0700")
}

// ParseStamp reads what stamp wrote.
func ParseStamp(s string) (author string, t time.Time, err error) {
	bad := fmt.Errorf("author %.60q, want NAME <MAIL> SECONDS ZONE", s)
	rest, zone, ok1 := cutLast(s, " ")
	author, seconds, ok2 := cutLast(rest, " ")
	if !ok1 || !ok2 || CheckAuthor(author) != nil || len(zone) != 5 {
		return "", t, bad
	}
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || unix < -1<<40 || unix > 1<<40 {
		return "", t, bad
	}
	hhmm, err := strconv.ParseInt(zone, 10, 32)
	if err != nil || hhmm <= -2400 || hhmm >= 2400 || hhmm%100 >= 60 || hhmm%100 <= -60 {
		return "", t, bad
	}
	offset := int(hhmm/100*3600 + hhmm%100*60)
	t = time.Unix(unix, 0)
	if offset == 0 {
		return author, t.UTC(), nil
	}
	return author, t.In(time.FixedZone("", offset)), nil
}

// CheckAuthor refuses what is not "NAME <MAIL>".
func CheckAuthor(s string) error {
	open := strings.LastIndex(s, " <")
	if open <= 0 || !strings.HasSuffix(s, ">") || !utf8.ValidString(s) ||
		strings.ContainsAny(s[:open], "<>\n\x00") || strings.ContainsAny(s[open+2:len(s)-1], "<>\n\x00") {
		return fmt.Errorf("author %.60q, want NAME <MAIL>", s)
	}
	return nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// Subject is the first line of a message.
func Subject(message string) string {
	line, _, _ := strings.Cut(message, "\n")
	return line
}
