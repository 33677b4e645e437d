package diff

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"dits/formats/number"
	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// An Entry is a file of a side.
type Entry struct {
	object.TreeFile
	Stored bool                         // what it takes in the store can be told
	Open   func() (*object.File, error) // nil for a link, which has no content to look into
}

// A Snapshot is the files of a side, ascending by path.
type Snapshot struct {
	Name   string     // how messages call it
	Commit *digest.ID // nil for what is no commit
	Files  []Entry
	IsFile bool // the side is a file that was named
}

// ReadDisk lists a file of the file system, or the files of a folder but not of those in it. It reads them once, for
// the digests; no repository is needed.
func ReadDisk(ctx context.Context, path string) (Snapshot, error) {
	s := Snapshot{Name: path}
	info, err := os.Stat(path)
	if err != nil {
		return s, err
	}
	if s.IsFile = !info.IsDir(); s.IsFile {
		e, err := readEntry(ctx, path)
		s.Files = append(s.Files, e)
		return s, err
	}
	list, err := os.ReadDir(path)
	if err != nil {
		return s, err
	}
	for _, d := range list {
		if !d.Type().IsRegular() {
			continue
		}
		e, err := readEntry(ctx, filepath.Join(path, d.Name()))
		if err != nil {
			return s, err
		}
		s.Files = append(s.Files, e)
	}
	return s, nil
}

// readEntry scans a file of the file system. Its path counts from its folder.
func readEntry(ctx context.Context, path string) (Entry, error) {
	f, err := object.ScanFile(ctx, path)
	if err != nil {
		return Entry{}, fmt.Errorf("%s: %w", path, err)
	}
	file := f.File
	return Entry{
		TreeFile: object.TreeFile{Path: filepath.Base(path), Mode: object.ModeFile, ID: file.ID, Size: file.Layout.Size},
		Open: func() (*object.File, error) {
			src, err := disk.OpenRegular(path)
			if err != nil {
				return nil, err
			}
			return object.OnDisk(file, src), nil
		},
	}, f.Close()
}

// Operand is tensor i of a file for [number.Compare].
func Operand(f *object.File, i int) (number.Operand, error) {
	b, err := f.Bytes(i)
	return number.Operand{R: b, DType: f.Layout.Tensors[i].DType}, err
}
