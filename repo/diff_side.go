package repo

import (
	"context"
	"fmt"
	"io"
	"os"

	"dits/catalog"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

// A Side is one of the two states that [Repo.Diff] compares. Make one with
// [AtRevision], [AtIndex], [AtWork] or [AtNothing].
type Side struct {
	kind sideKind
	rev  string
}

type sideKind int

const (
	atRevision sideKind = iota
	atIndex
	atWork
	atNothing
)

// AtRevision is the tree of the commit that rev names.
func AtRevision(rev string) Side { return Side{atRevision, rev} }

// AtIndex is what is staged.
func AtIndex() Side { return Side{kind: atIndex} }

// AtWork is the tracked files of the working folder as they are now.
func AtWork() Side { return Side{kind: atWork} }

// AtNothing is no files: what was there before the first commit.
func AtNothing() Side { return Side{kind: atNothing} }

// A sideFile is a file of a side. A working file that is not as staged has been
// read: scanned says what it holds.
type sideFile struct {
	TreeFile
	scanned *catalog.File
}

// A snapshot is the files of a side, ascending by path.
type snapshot struct {
	commit *digest.ID // nil for index and working folder
	files  []sideFile
}

// snapshot lists the files of a side that are at or below one of paths (all when
// there are none). Of the working folder it reads the files that are not as staged.
func (r *Repo) snapshot(ctx context.Context, s Side, paths []string) (snapshot, error) {
	var snap snapshot
	var files []TreeFile
	switch s.kind {
	case atNothing:
	case atRevision:
		id, err := r.Resolve(s.rev)
		if err != nil {
			return snap, err
		}
		snap.commit = &id
		if files, err = r.commitFiles(id); err != nil {
			return snap, err
		}
	default:
		x, err := r.Index()
		if err != nil {
			return snap, err
		}
		if s.kind == atWork {
			snap.files, err = r.workFiles(ctx, x, paths)
			return snap, err
		}
		files = x.files()
	}
	for _, f := range files {
		if len(paths) == 0 || inside(f.Path, paths) {
			snap.files = append(snap.files, sideFile{TreeFile: f})
		}
	}
	return snap, nil
}

// workFiles are the tracked files that the working folder has.
func (r *Repo) workFiles(ctx context.Context, x *Index, paths []string) ([]sideFile, error) {
	var files []sideFile
	for i := range x.Entries {
		e := &x.Entries[i]
		if len(paths) > 0 && !inside(e.Path, paths) {
			continue
		}
		f, ok, err := r.lstat(e.Path)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		file := sideFile{TreeFile: TreeFile{e.Path, f.Mode, e.ID, f.Size}}
		if f.Mode != e.Mode && (f.Mode == ModeLink || e.Mode == ModeLink) || f.Size != e.Size || f.Stat != e.Stat || x.Racy(e) {
			if err := r.scanWork(ctx, &file, f); err != nil {
				return nil, fmt.Errorf("%s: %w", e.Path, err)
			}
		}
		files = append(files, file)
	}
	return files, nil
}

// scanWork finds out what a working file holds.
func (r *Repo) scanWork(ctx context.Context, file *sideFile, f WorkFile) (err error) {
	if f.Mode == ModeLink {
		file.ID, err = r.hashFile(f)
		return err
	}
	src, err := os.Open(r.workPath(f.Path))
	if err != nil {
		return err
	}
	defer src.Close()
	scanned, err := scan(ctx, src, f.Size, f.Path, func(int64) {})
	if err != nil {
		return err
	}
	if scanned.ID != file.ID { // else it was only touched: the store has it
		file.ID, file.scanned = scanned.ID, &scanned
	}
	return nil
}

// A content is an open file of a side: how it is cut, and its bytes.
type content struct {
	catalog.File
	store    *tensorstore.Store
	work     *os.File    // the working file when the store does not have it
	segments map[int]int // of each tensor that has bytes
}

// open opens a file; nil for a link, which has no content to look into.
func (r *Repo) open(f sideFile) (*content, error) {
	if f.Mode == ModeLink {
		return nil, nil
	}
	c := &content{store: r.Store, segments: make(map[int]int)}
	var err error
	if f.scanned != nil {
		c.File = *f.scanned
		c.work, err = os.Open(r.workPath(f.Path))
	} else {
		c.File, err = r.ReadFile(f.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path, err)
	}
	for i, s := range c.Layout.Segments {
		if s.Tensor >= 0 {
			c.segments[s.Tensor] = i
		}
	}
	return c, nil
}

func (c *content) close() {
	if c != nil && c.work != nil {
		c.work.Close()
	}
}

// digest names the bytes of tensor i; the zero ID when it has none.
func (c *content) digest(i int) digest.ID {
	s, ok := c.segments[i]
	if !ok {
		return digest.ID{}
	}
	return c.Blobs[s]
}

// operand is tensor i for [Compare].
func (c *content) operand(i int) (Operand, error) {
	t := c.Layout.Tensors[i]
	if c.work != nil {
		return Operand{io.NewSectionReader(c.work, t.Off, t.Len), 0, t.DType}, nil
	}
	if t.Len == 0 {
		return Operand{nil, 0, t.DType}, nil
	}
	b, err := c.store.Blob(c.digest(i))
	return Operand{b, 0, t.DType}, err
}
