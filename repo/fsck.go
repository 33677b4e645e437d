package repo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"dits/catalog"
	"dits/formats"
	"dits/repo/object"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// FsckOptions of [Repo.Fsck].
type FsckOptions struct {
	Quick    bool            // checksums and references only: nothing is decoded
	Progress object.Progress // nil: none
	Report   func(error)     // told of each problem
	Note     func(string)    // told of what is in no one's way; nil: nobody is
}

// A TensorError says which part of a file cannot be read.
type TensorError struct {
	At        string // REV:PATH where a commit has the file, ":PATH" in the index; "" if none has
	File      digest.ID
	Tensor    string // "" for a part that is no tensor
	Off       int64  // bytes from the start of the file
	Dependent bool   // its own records are whole: what they are coded against is not
	Err       error
}

func (e *TensorError) Error() string {
	var b strings.Builder
	if e.At != "" {
		b.WriteString(e.At + ": ")
	}
	b.WriteString("file " + e.File.Short() + ": ")
	if e.Tensor != "" {
		fmt.Fprintf(&b, "tensor %q: ", e.Tensor)
	}
	fmt.Fprintf(&b, "offset %d: ", e.Off)
	if e.Dependent {
		b.WriteString("coded against what is damaged: ")
	}
	return b.String() + e.Err.Error()
}

func (e *TensorError) Unwrap() error { return e.Err }

// Fsck verifies the store and what the refs of this repository need of it: every byte
// of every pack, every digest, every reference. It returns the number of problems.
func (r *Repo) Fsck(ctx context.Context, o FsckOptions) (problems int, err error) {
	o.Progress = object.OrQuiet(o.Progress)
	c := newChecking(r, o)
	for _, err := range r.Store.Damaged() {
		c.problem(err)
	}
	if usable, err := c.catalog(); err != nil || !usable {
		return c.problems, err
	}
	c.foreign()
	c.references()
	if err := c.predictions(); err != nil {
		return c.problems, err
	}
	total, err := r.rawBytes()
	if err != nil {
		return c.problems, err
	}
	o.Progress.Start("checking", total)
	defer o.Progress.Done()
	if !o.Quick {
		if err := c.files(ctx); err != nil {
			return c.problems, err
		}
	}
	err = r.Store.Verify(ctx, tensorstore.Verification{
		Decode:   !o.Quick,
		Skip:     c.wasRead,
		Progress: o.Progress.Add,
		Report:   c.record,
	})
	if err == nil && !o.Quick {
		// What cannot be noted is found again: this only tells add what to store anew.
		_ = r.Store.Mark(c.bad)
	}
	return c.problems, err
}

// rawBytes is how many bytes all records hold when decoded.
func (r *Repo) rawBytes() (total int64, err error) {
	for k := pack.Chunk; k <= pack.Tag; k++ {
		err = errors.Join(err, r.Catalog.Each(k, func(rec catalog.Record) error { total += rec.RawLen; return nil }))
	}
	return total, err
}

// A checking is one call of Fsck.
type checking struct {
	repo     *Repo
	options  FsckOptions
	problems int
	read     map[digest.ID]bool // chunks that were read and had their digest
	broken   map[string]bool    // messages already reported
	bad      []tensorstore.Location
	places   map[digest.ID]string // REV:PATH of each file that is named
}

func newChecking(r *Repo, o FsckOptions) *checking {
	return &checking{repo: r, options: o, read: map[digest.ID]bool{}, broken: map[string]bool{}, places: map[digest.ID]string{}}
}

// problem counts and reports what is wrong, once.
func (c *checking) problem(err error) {
	if c.broken[err.Error()] {
		return
	}
	c.broken[err.Error()] = true
	if errors.Is(err, object.ErrCorrupt) { // and not what the system does not let be read
		c.bad = append(c.bad, tensorstore.Causes(err)...)
	}
	c.problems++
	c.options.Report(err)
}

// record is problem of a record, unless what is wrong was told already of a file that needs it.
func (c *checking) record(err error) {
	causes := tensorstore.Causes(err)
	told := func(loc tensorstore.Location) bool {
		return slices.ContainsFunc(c.bad, func(b tensorstore.Location) bool { return b.Pack == loc.Pack && b.Off == loc.Off })
	}
	for _, loc := range causes {
		if !told(loc) {
			causes = nil
			break
		}
	}
	if len(causes) == 0 {
		c.problem(err)
	}
}

// wasRead says that a record was already decoded through a file: that of a chunk which has
// no other, for a reader does not say which one it took.
func (c *checking) wasRead(loc tensorstore.Location) bool {
	if loc.Kind != pack.Chunk || !c.read[loc.ID] {
		return false
	}
	records, err := c.repo.Catalog.Records(pack.Chunk, loc.ID)
	return err == nil && len(records) == 1
}

// files reads every file that the store knows and compares its digest.
func (c *checking) files(ctx context.Context) error {
	var ids []digest.ID
	err := c.repo.Catalog.Each(pack.Manifest, func(rec catalog.Record) error {
		ids = append(ids, rec.ID)
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		f, err := c.repo.ReadFile(id)
		if err != nil {
			c.problem(err)
			continue
		}
		if err := c.file(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// file reads one file, part by part. A part that was read as part of another file is
// read again for the digest of the whole: chunks are cached, and the whole has to be right.
func (c *checking) file(ctx context.Context, f catalog.File) error {
	whole := digest.NewHasher()
	intact := true
	for i := range f.Blobs {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if chunks, err := c.blob(f.Blobs[i], whole); err != nil {
			c.problem(c.partError(f, i, chunks, err))
			intact = false
		}
	}
	if got := whole.ID(); intact && got != f.ID {
		c.problem(fmt.Errorf("file %s: %w: its parts have digest %s", f.ID, object.ErrCorrupt, got))
	}
	return nil
}

// blob reads a blob; its chunks are those that it should have, also where one cannot be read.
func (c *checking) blob(id digest.ID, w io.Writer) ([]tensorstore.Span, error) {
	b, err := c.repo.Store.Blob(id)
	if err != nil {
		return nil, err
	}
	part := digest.NewHasher()
	if _, err := b.WriteTo(io.MultiWriter(w, part)); err != nil {
		return b.Chunks(), err
	}
	if got := part.ID(); got != id {
		return b.Chunks(), fmt.Errorf("blob %s: %w: its chunks have digest %s", id, object.ErrCorrupt, got)
	}
	for _, chunk := range b.Chunks() {
		c.read[chunk.ID] = true
	}
	return b.Chunks(), nil
}

// partError says which part of f an error is about, and whether that is one of its own chunks.
func (c *checking) partError(f catalog.File, i int, chunks []tensorstore.Span, err error) error {
	s := f.Layout.Segments[i]
	e := &TensorError{At: c.places[f.ID], File: f.ID, Off: s.Off, Err: err}
	if s.Kind == formats.Data {
		e.Tensor = f.Layout.Tensors[s.Tensor].Name
	}
	causes := tensorstore.Causes(err)
	e.Dependent = len(causes) > 0 && len(chunks) > 0 && !slices.ContainsFunc(causes, func(loc tensorstore.Location) bool {
		return slices.ContainsFunc(chunks, func(s tensorstore.Span) bool { return s.ID == loc.ID })
	})
	return e
}

// Rebuild makes the catalog of the repository that start is in again from the packs. The
// old one, which may be damaged, is replaced: it is a cache.
func Rebuild(start string) error {
	root, err := findRoot(start)
	if err != nil {
		return err
	}
	r, err := configured(root, nil)
	if err != nil {
		return err
	}
	l, err := r.Lock()
	if err != nil {
		return err
	}
	defer l.Unlock()
	return object.Rebuild(r.StoreDir, r.FS)
}
