package repo

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"dits/catalog"
	"dits/tensorstore"
	"dits/tensorstore/digest"
)

// A Side is one of the two states that [Repo.Diff] compares. Make one with
// [AtRevision], [AtIndex], [AtWork] or [AtNothing].
type Side struct {
	kind sideKind
	rev  string
	path string // only what is there
}

// At is the file or folder at path of a side. Paths in it count from a folder that was named.
func (s Side) At(path string) Side {
	s.path = path
	return s
}

type sideKind int

const (
	atRevision sideKind = iota
	atIndex
	atWork
	atNothing
)

// AtRevision is the tree of the commit that rev names.
func AtRevision(rev string) Side { return Side{kind: atRevision, rev: rev} }

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
	in      string // the folder that Path counts from, with a slash at its end, or ""
	scanned *catalog.File
}

// A snapshot is the files of a side, ascending by path.
type snapshot struct {
	commit *digest.ID // nil for index and working folder
	files  []sideFile
	isFile bool // the side is a file that was named
}

// snapshot lists the files of a side that are at or below one of paths (all when
// there are none). Of the working folder it reads the files that are not as staged.
func (r *Repo) snapshot(ctx context.Context, s Side, paths []string) (snapshot, error) {
	if s.path == "" {
		return r.wholeSnapshot(ctx, s, paths)
	}
	snap, err := r.wholeSnapshot(ctx, s, []string{s.path})
	if err != nil {
		return snap, err
	}
	if len(snap.files) == 0 && s.kind == atWork {
		if snap.files, err = r.untracked(ctx, s.path); err != nil {
			return snap, err
		}
	}
	if len(snap.files) == 0 {
		return snap, fmt.Errorf("%s: %w", s.path, ErrNoPath)
	}
	if snap.isFile = snap.files[0].Path == s.path; snap.isFile {
		return snap, nil
	}
	var files []sideFile
	for _, f := range snap.files {
		f.in, f.Path = s.path+"/", strings.TrimPrefix(f.Path, s.path+"/")
		if len(paths) == 0 || inside(f.Path, paths) {
			files = append(files, f)
		}
	}
	snap.files = files
	return snap, nil
}

// untracked is a file of the working folder that is not tracked, or the files of a folder.
func (r *Repo) untracked(ctx context.Context, path string) ([]sideFile, error) {
	paths := []string{path}
	if list, err := os.ReadDir(r.workPath(path)); err == nil {
		paths = nil
		for _, e := range list {
			if e.Type().IsRegular() {
				paths = append(paths, path+"/"+e.Name())
			}
		}
	}
	var files []sideFile
	for _, p := range paths {
		f, ok, err := r.lstat(p)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		file := sideFile{TreeFile: TreeFile{Path: p, Mode: f.Mode, Size: f.Size}}
		if err := r.scanWork(ctx, &file, f); err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		files = append(files, file)
	}
	return files, nil
}

// wholeSnapshot is snapshot but for the path of the side.
func (r *Repo) wholeSnapshot(ctx context.Context, s Side, paths []string) (snapshot, error) {
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

// A content is an open file of a side: how it is cut, and its bytes. That of shards has the tensors
// of all, and no segments.
type content struct {
	catalog.File
	store    *tensorstore.Store
	work     *os.File    // the working file when the store does not have it
	segments map[int]int // of each tensor that has bytes
	parts    []*content  // the shards
	first    []int       // index of the first tensor of each shard
}

// joined is shards as one; nil for a link.
func joined(parts []*content) *content {
	if len(parts) == 1 {
		return parts[0]
	}
	c := &content{parts: parts}
	for _, p := range parts {
		c.first = append(c.first, len(c.Layout.Tensors))
		c.Layout.Tensors = append(c.Layout.Tensors, p.tensors()...)
		if c.Layout.Format == "" || isOpaque(p) {
			c.Layout.Format, c.Layout.Warning = p.Layout.Format, p.Layout.Warning
		}
	}
	return c
}

// part is the shard that has tensor i, and its index there.
func (c *content) part(i int) (*content, int) {
	if len(c.parts) == 0 {
		return c, i
	}
	k, found := slices.BinarySearch(c.first, i)
	if !found {
		k--
	}
	for k+1 < len(c.first) && c.first[k+1] == i { // shards without tensors
		k++
	}
	return c.parts[k], i - c.first[k]
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
		c.work, err = os.Open(r.workPath(f.in + f.Path))
	} else {
		c.File, err = r.ReadFile(f.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path, err)
	}
	c.index()
	return c, nil
}

// index notes the segment of each tensor.
func (c *content) index() {
	for i, s := range c.Layout.Segments {
		if s.Tensor >= 0 {
			c.segments[s.Tensor] = i
		}
	}
}

func (c *content) close() {
	if c == nil {
		return
	}
	for _, p := range c.parts {
		p.close()
	}
	if c.work != nil {
		c.work.Close()
	}
}

// digest names the bytes of tensor i; the zero ID when it has none.
func (c *content) digest(i int) digest.ID {
	c, i = c.part(i)
	s, ok := c.segments[i]
	if !ok {
		return digest.ID{}
	}
	return c.Blobs[s]
}

// operand is tensor i for [Compare].
func (c *content) operand(i int) (Operand, error) {
	c, i = c.part(i)
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
