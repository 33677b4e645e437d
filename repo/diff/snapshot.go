package diff

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"

	"dits/formats/number"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// An Entry is a file of a side. Its ID is zero where its digest is not known.
type Entry struct {
	object.TreeFile
	Stored bool                         // what it takes in the store can be told
	Open   func() (*object.File, error) // nil for a link, which has no content to look into
}

// sameBytes says that two files have the same bytes: by their digests where both are known, else by reading them up
// to where they differ.
func (e *Entry) sameBytes(ctx context.Context, o *Entry) (bool, error) {
	switch {
	case !e.ID.IsZero() && !o.ID.IsZero():
		return e.ID == o.ID, nil
	case e.Size != o.Size || e.Open == nil || o.Open == nil:
		return false, nil
	}
	a, err := e.Open()
	if err != nil {
		return false, err
	}
	defer a.Close()
	b, err := o.Open()
	if err != nil {
		return false, err
	}
	defer b.Close()
	return object.Equal(ctx, a, b, e.Size)
}

// A Snapshot is the files of a side, ascending by path.
type Snapshot struct {
	Name   string     // how messages call it
	Commit *digest.ID // nil for what is no commit
	Files  []Entry
	IsFile bool // the side is a file that was named
}

// ReadDisk lists a file of the file system, or the files of a folder but not of those in it. Links lead where they
// lead, as those in a hub's cache. It reads none of them; no repository is needed.
func ReadDisk(path string) (Snapshot, error) {
	s := Snapshot{Name: path}
	info, err := os.Stat(path)
	if err != nil {
		return s, err
	}
	if s.IsFile = !info.IsDir(); s.IsFile {
		s.Files = []Entry{diskEntry(path, path, info)}
		return s, nil
	}
	list, err := os.ReadDir(path)
	if err != nil {
		return s, err
	}
	for _, d := range list {
		at := filepath.Join(path, d.Name())
		if info, err := os.Stat(at); err == nil && info.Mode().IsRegular() {
			s.Files = append(s.Files, diskEntry(d.Name(), at, info))
		}
	}
	return s, nil
}

// diskEntry is a file of the file system, by the name that messages have for it.
func diskEntry(name, path string, info fs.FileInfo) Entry {
	return Entry{
		TreeFile: object.TreeFile{Path: name, Mode: object.ModeFile, Size: info.Size()},
		Open:     func() (*object.File, error) { return object.OpenDisk(path) },
	}
}

// Operand is tensor i of a file for [number.Compare], in the byte order of most machines.
func Operand(f *object.File, i int) (number.Operand, error) {
	b, err := f.Bytes(i)
	o := number.Operand{R: b, DType: f.Layout.Tensors[i].DType}
	if err != nil || b == nil {
		return o, err
	}
	part, _ := f.Part(i)
	if big, err := part.IsBigEndian(); !big || err != nil {
		return o, err
	}
	return number.InOrder(o), nil
}
