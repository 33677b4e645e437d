package object

import (
	"fmt"
	"io"
	"slices"

	"github.com/dustin/go-humanize"

	"dits/formats"
)

// A Flaw is why a file that should be a model is none, or not all of one.
type Flaw struct {
	Kind    string          // [LFSPointer] and the others
	Text    string          // with what to do next, where there is something
	Format  string          // that the file claims, "" for none
	Missing int64           // bytes, of what is cut off; 0: not known
	Layout  *formats.Layout // how the file would be cut if it were whole; nil where that cannot be told
}

// Kinds of flaws.
const (
	LFSPointer = "lfs-pointer"
	HTMLPage   = "html-page"
	CutOff     = "cut-off"
	Damaged    = "damaged"
)

// Flaw says what is wrong with a file without tensors, or the first shard without; nil where nothing says that it should
// have some. Only its name matters of the path.
func (f *File) Flaw(path string) (*Flaw, error) {
	if i := slices.IndexFunc(f.parts, (*File).IsOpaque); i >= 0 {
		f = f.parts[i]
	}
	return FindFlaw(f, f.Layout.Size, path, f.Layout.Warning)
}

// FindFlaw is [File.Flaw] of size bytes of r that have no tensors; warning is that of their layout.
func FindFlaw(r io.ReaderAt, size int64, path, warning string) (*Flaw, error) {
	head := make([]byte, min(size, formats.StandInLen))
	if err := ReadFull(r, head, 0); err != nil {
		return nil, err
	}
	if s := formats.FindStandIn(head); s != nil {
		return standIn(s), nil
	}
	cut, err := formats.CutOff(r, size, path, Parsers...)
	switch {
	case err != nil:
		return nil, err
	case cut != nil:
		return cutOff(cut, size), nil
	case warning != "":
		return &Flaw{Kind: Damaged, Text: warning}, nil
	}
	return nil, nil
}

const emptyText = "empty, not a model: the download did not begin, or failed"

// Empty is the flaw of a file of no bytes in place of a model of any format.
func Empty() *Flaw { return &Flaw{Kind: CutOff, Text: emptyText} }

// standIn is what lies where a model was meant to be.
func standIn(s *formats.StandIn) *Flaw {
	switch {
	case !s.LFS:
		return &Flaw{Kind: HTMLPage, Text: "a web page, not a model: the download asked for a login, or the address was wrong"}
	case s.Size > 0:
		return &Flaw{Kind: LFSPointer, Text: "a Git LFS pointer to " + humanize.Comma(s.Size) + " bytes: `git lfs pull` fetches them"}
	}
	return &Flaw{Kind: LFSPointer, Text: "a Git LFS pointer: `git lfs pull` fetches the file"}
}

// cutOff is a file that ends too early.
func cutOff(c *formats.Cut, size int64) *Flaw {
	f := &Flaw{Kind: CutOff, Format: c.Format, Layout: c.Layout, Missing: max(0, c.Want-size)}
	switch {
	case size == 0:
		f.Text = emptyText
	case c.Want == 0:
		f.Text = "cut off within its header"
	case c.Layout == nil:
		f.Text = fmt.Sprintf("cut off within its header: at least %s bytes missing", humanize.Comma(f.Missing))
	default:
		f.Text = fmt.Sprintf("cut off: %s of %s bytes missing", humanize.Comma(f.Missing), humanize.Comma(c.Want))
	}
	return f
}
