package object

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A TagObject is an annotated tag: a name and a message for a commit.
type TagObject struct {
	ID      digest.ID `json:"id"`
	Commit  digest.ID `json:"commit"`
	Name    string    `json:"name"` // without refs/tags/
	Author  string    `json:"author"`
	Time    time.Time `json:"time"`
	Message string    `json:"message"`
}

// EncodeTag returns the canonical bytes of t; its ID is their BLAKE3.
//
//	object HEX\n           the commit
//	type commit\n
//	tag NAME\n
//	tagger NAME <MAIL> SECONDS ZONE\n
//	\n
//	MESSAGE                UTF-8 without NUL, to the end
func EncodeTag(t TagObject) []byte {
	return fmt.Appendf(nil, "object %s\ntype commit\ntag %s\ntagger %s\n\n%s",
		t.Commit, t.Name, Stamp(t.Author, t.Time), t.Message)
}

// DecodeTag reads and checks the bytes of the tag id. What it accepts encodes to
// the same bytes again.
func DecodeTag(id digest.ID, b []byte) (TagObject, error) {
	bad := func(why any) (TagObject, error) {
		return TagObject{}, fmt.Errorf("tag %s: %v: %w", id.Short(), why, ErrCorrupt)
	}
	if len(b) > maxText {
		return bad(fmt.Sprintf("%d bytes, want at most %d", len(b), maxText))
	}
	head, message, ok := bytes.Cut(b, []byte("\n\n"))
	lines := strings.SplitN(string(head), "\n", 5)
	if !ok || len(lines) != 4 {
		return bad("header has no four lines and a blank one")
	}
	t := TagObject{ID: id, Message: string(message)}
	var err error
	if t.Commit, err = digest.Parse(strings.TrimPrefix(lines[0], "object ")); err != nil {
		return bad(err)
	}
	t.Name = strings.TrimPrefix(lines[2], "tag ")
	if err := CheckRefName(TagPrefix + t.Name); err != nil {
		return bad(err)
	}
	if t.Author, t.Time, err = ParseStamp(strings.TrimPrefix(lines[3], "tagger ")); err != nil {
		return bad(err)
	}
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 || !bytes.Equal(EncodeTag(t), b) {
		return bad("not in canonical form")
	}
	return t, nil
}

// ReadTag returns the annotated tag id, verified.
func (r *Database) ReadTag(id digest.ID) (TagObject, error) {
	b, err := r.Store.Object(pack.Tag, id)
	if err != nil {
		return TagObject{}, err
	}
	return DecodeTag(id, b)
}
