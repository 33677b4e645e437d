package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/sync/errgroup"

	"dits/catalog"
	"dits/formats"
	"dits/formats/gguf"
	"dits/repo/lineage"
	"dits/repo/object"
	"dits/repo/relatives"
	"dits/repo/work"
	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/pack"
)

// AddOptions of [Repo.Add]. The zero value stages what is named.
type AddOptions struct {
	All         bool            // every change in the working folder, removals too
	Update      bool            // only what is tracked already
	DryRun      bool            // say what would be staged; nothing is read or stored
	Level       choose.Level    // how hard to look for what is smaller
	Force       bool            // what is ignored too, and what is no whole model, see [FlawError]
	KeepGoing   bool            // a file that cannot be staged stops only itself: [IncompleteError] in the end
	Dereference bool            // a link that leads out of the folder becomes the file it leads to
	KeepLinks   bool            // a link is one, even where the index has what it leads to
	Importance  string          // file in the file system with an importance matrix that quants were made with; "": none
	Progress    object.Progress // nil: none
	Report      func(Added)     // called once for each file that was staged; nil: no one wants to know

	Move  bool        // remove the working files once the store has them for sure
	Moved func(Added) // called once for each file that was removed so; nil: the same

	Skipped func(work.Skipped) // called for each name that was passed over, though it is no one else's; nil: the same
}

// Added is what staging one file did.
type Added struct {
	Path    string `json:"path"`
	Format  string `json:"format"` // safetensors, gguf, opaque; "" for a removal
	Logical int64  `json:"logical_bytes"`
	Stored  int64  `json:"stored_bytes"` // added to packs
	Tensors int    `json:"tensors"`
	Known   int    `json:"known"`   // tensors that the store had
	Delta   int    `json:"delta"`   // stored as the difference to a relative
	Derived int    `json:"derived"` // computed from others
	New     int    `json:"new"`     // stored for themselves

	Sources []string `json:"sources"` // files that the delta and derived ones are stored against, as PATH or REV:PATH

	Recipe          *lineage.Recipe `json:"recipe"`         // that of most bytes of the derived ones; nil: there are none
	DerivedLogical  int64           `json:"derived_bytes"`  // bytes of the derived ones
	DerivedResidual int64           `json:"residual_bytes"` // what they took in packs, their predictions included

	Quant string `json:"quant"` // what a GGUF says that it is: Q4_K_M
	Late  bool   `json:"late"`  // most of it is stored against quants, which would take less stored against it

	Warning string `json:"warning,omitempty"`
	Removed bool   `json:"removed,omitempty"`

	Moved bool `json:"moved,omitempty"` // only the store has it now

	FromCache bool `json:"from_cache,omitempty"` // the link was of a hub's cache, and is stored as what it leads to
}

// Add stages files and folders, given relative to the root; "" is all. Content goes to
// packs that are sealed before the index names it. Where it fails, the index is as
// before; what was stored stays, so that the same call later does not do it again.
func (r *Repo) Add(ctx context.Context, paths []string, o AddOptions) error {
	o.Progress = object.OrQuiet(o.Progress)
	if o.Skipped == nil {
		o.Skipped = func(work.Skipped) {}
	}
	changes, err := r.changes(paths, o)
	if err != nil {
		return err
	}
	if o.DryRun {
		return errors.Join(r.reportDryRun(changes, o), changes.failed.orNil())
	}
	for try := 1; ; try++ {
		err := r.add(ctx, changes, o)
		if try == addTries || !errors.Is(err, tensorstore.ErrGone) {
			if err == nil {
				r.compact(ctx)
			}
			return err
		}
		o.Report, o.Skipped = nil, func(work.Skipped) {} // they were told
	}
}

// addTries is how often what another process deletes meanwhile is stored anew.
const addTries = 3

// add stores and stages what has changed.
func (r *Repo) add(ctx context.Context, changes changes, o AddOptions) error {
	a := r.adding(changes, o)
	defer a.writer.Close()
	if err := a.store(ctx, changes); err != nil {
		return err
	}
	if err := r.stage(a.staged, changes.removed, what("add", slices.Concat(changes.changed, changes.removed))); err != nil {
		return err
	}
	if o.Move {
		if err := r.putAway(ctx, a.toMove(changes.same), o); err != nil {
			return err
		}
	}
	return a.failed.orNil()
}

// adding begins to store what has changed. The caller closes its writer.
func (r *Repo) adding(c changes, o AddOptions) *adding {
	return &adding{repo: r, options: o, index: c.index, failed: c.failed, relatives: relatives.New(r.Folder),
		importances: relatives.NewImportances(r.Folder), adapters: relatives.NewAdapters(r.Folder),
		writer: r.Store.Begin(tensorstore.WriterOptions{Level: o.Level, Progress: o.Progress.Add})}
}

// store stores what has changed; the index does not name it yet.
func (a *adding) store(ctx context.Context, changes changes) error {
	if o := a.options; o.Importance != "" {
		if err := a.importances.AddNamed(ctx, a.writer, o.Importance); err != nil {
			return err
		}
	}
	var err error
	if changes.changed, err = a.repo.inOrder(ctx, changes.changed); err != nil {
		return err
	}
	err = a.files(ctx, changes)
	// What reached the writer is worth keeping even when the rest failed.
	if ferr := a.writer.Flush(); err == nil {
		err = ferr
	}
	return err
}

// stage puts entries into the index and takes others out, under the lock. What is staged has to be in
// the store still.
func (r *Repo) stage(put []work.IndexEntry, remove []string, what string) error {
	if len(put)+len(remove) == 0 {
		return nil
	}
	l, err := r.Lock()
	if err != nil {
		return err
	}
	defer l.Unlock()
	x, err := r.Index()
	if err != nil {
		return err
	}
	put = r.Here(x, put)
	x.Remove(remove...)
	for _, e := range put {
		if away := x.AwayBeside(e.Path); away != nil {
			return buried(away.Path, e.Path)
		}
	}
	staged := &work.Index{Entries: put}
	return r.name(staged.Files(), func() error {
		x.Put(put...)
		return r.Restage(x, what)
	})
}

// An adding is one call of Add.
type adding struct {
	repo      *Repo
	options   AddOptions
	index     *work.Index // as it was
	failed    IncompleteError
	relatives *relatives.Finder
	unflushed int64 // bytes of models since the writer was flushed last
	writer    *tensorstore.Writer
	staged    []work.IndexEntry
	ahead     map[string]*smallFile
	puts      []putTensor // of the last file

	importances *relatives.Importances
	adapters    *relatives.Adapters
	scanned     func(path string, f catalog.File, src io.ReaderAt) // told of each file before it is stored; nil: nobody wants to know
}

func (a *adding) files(ctx context.Context, c changes) error {
	a.start(c.bytes)
	defer a.options.Progress.Done()
	for _, path := range c.removed {
		a.report(Added{Path: path, Removed: true})
	}
	left := c.changed
	for part := range slices.Chunk(c.changed, filesAtOnce) {
		if err := a.lookAhead(ctx, part); err != nil {
			return err
		}
		for _, path := range part {
			left = left[1:]
			if err := a.oneFile(ctx, path, c.named[path]); err != nil {
				return a.withRefused(ctx, err, left)
			}
		}
	}
	return nil
}

// oneFile is file, told and kept apart from the others: a link to nothing that nobody named, or with KeepGoing any
// file that cannot be staged, stops only itself.
func (a *adding) oneFile(ctx context.Context, path string, named bool) error {
	staged := len(a.staged)
	done, err := a.file(ctx, path)
	switch {
	case err == nil:
		a.report(done)
		return a.flush(done)
	case ctx.Err() != nil:
		return err
	case errors.Is(err, errDangling) && !named:
		a.options.Skipped(work.Skipped{Path: path, Reason: err.Error()})
	case a.options.KeepGoing:
		a.failed.add(fmt.Errorf("%s: %w", path, err))
	default:
		return fmt.Errorf("%s: %w", path, err)
	}
	a.staged = a.staged[:staged]
	return nil
}

// The passes over each file that is added.
const (
	hashing = "hashing"
	storing = "storing"
)

// start begins the passes over files of so many bytes.
func (a *adding) start(bytes int64) {
	a.options.Progress.Start(hashing, bytes)
	a.options.Progress.Start(storing, bytes)
}

// flushBytes is how large models are before what was stored of them can be a relative of files that come later in the
// same call. A pack takes no longer than to code so much, however little of it there was to store.
const flushBytes = 64 << 10

// flush makes what was stored readable, once it is worth a pack.
func (a *adding) flush(done Added) error {
	if done.Tensors == 0 || done.Known == done.Tensors {
		return nil
	}
	if a.unflushed += done.Logical; a.unflushed < flushBytes {
		return nil
	}
	a.unflushed = 0
	return a.writer.Flush()
}

func (a *adding) report(done Added) {
	if a.options.Report != nil {
		a.options.Report(done)
	}
}

// regular stores a file, perhaps what a link at path leads to, and makes sure that it stayed as it was meanwhile.
func (a *adding) regular(ctx context.Context, path, full string, linked bool) (Added, error) {
	if small := a.ahead[path]; small != nil && !linked {
		return a.content(ctx, &small.entry, bytes.NewReader(small.content))
	}
	// Asked before it is opened: to open a pipe would wait for a writer.
	if info, err := os.Stat(full); err != nil {
		return Added{}, err
	} else if !info.Mode().IsRegular() {
		return Added{}, fmt.Errorf("is a %s, want a file", info.Mode().Type())
	}
	f, err := os.Open(full)
	if err != nil {
		return Added{}, err
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil {
		return Added{}, err
	}
	mode, ok := object.ModeOf(before.Mode())
	if !ok || mode == object.ModeDir {
		return Added{}, fmt.Errorf("is a %s, want a file", before.Mode().Type())
	}
	e := work.IndexEntry{Path: path, Mode: mode, Size: before.Size(), Stat: work.StatOf(before), Dereferenced: linked}
	done, err := a.content(ctx, &e, f)
	if err != nil {
		return Added{}, err
	}
	after, err := f.Stat()
	if err != nil {
		return Added{}, err
	}
	if after.Size() != before.Size() || work.StatOf(after) != work.StatOf(before) {
		return Added{}, fmt.Errorf("%w: add it again when nothing writes to it", tensorstore.ErrChanged)
	}
	return done, nil
}

// content stores the bytes of src, fills in the entry's digest and notes it to be staged. That a file that is known is
// noted before an error is returned does no harm: with an error Add stages nothing.
func (a *adding) content(ctx context.Context, e *work.IndexEntry, src io.ReaderAt) (Added, error) {
	p := a.options.Progress
	p.Turn(hashing, e.Path)
	file, err := a.scan(ctx, e, src)
	if err != nil {
		return Added{}, err
	}
	if a.scanned != nil {
		a.scanned(e.Path, file, src)
	}
	if e.ID = file.ID; e.Mode == object.ModeLink {
		file.Layout.Warning = ""
	}
	done := Added{Path: e.Path, Format: file.Layout.Format, Logical: e.Size, Tensors: len(file.Layout.Tensors)}
	done.Warning = warningOf(e, file, src)
	if done.Format == "gguf" {
		done.Quant = gguf.FileType(src, e.Size)
	}
	known, err := a.known(file, src)
	if err == nil && !(known && a.accepted(e)) && len(file.Layout.Tensors) == 0 && e.Mode != object.ModeLink {
		err = a.refuse(e.Path, src, e.Size, file.Layout.Warning)
	}
	if err != nil {
		return Added{}, err
	}
	if known {
		done.Known = done.Tensors
		a.puts = putTensors(file, nil)
		p.Skip(storing, e.Size)
		a.stage(*e, file)
		return done, a.takeUp(e.Path, file, src) // the index need not have it
	}
	p.Turn(storing, e.Path)
	before := a.writer.Stored()
	family, err := a.relatives.Family(ctx, e.Path, file, src)
	if err != nil {
		return Added{}, err
	}
	if err := a.segments(ctx, file, family, src, &done); err != nil {
		return Added{}, err
	}
	if err := a.writer.PutObject(pack.Manifest, file.ID, object.EncodeManifest(file), file.Blobs...); err != nil {
		return Added{}, err
	}
	done.Stored = a.writer.Stored() - before
	a.stage(*e, file)
	return done, a.takeUp(e.Path, file, src)
}

// takeUp notes the importance matrices and adapters of a file for those that come after it, which
// have to find them in the store.
func (a *adding) takeUp(path string, file catalog.File, src io.ReaderAt) error {
	if relatives.HasAdapter(file) {
		if err := a.adapters.Load(); err != nil || !a.adapters.Add(path, file) {
			return err
		}
		return a.writer.Flush()
	}
	if !relatives.HasImportance(path, file) {
		return nil
	}
	if err := a.importances.Load(); err != nil {
		return err
	}
	err := a.importances.Add(path, file, func(i int) (io.ReaderAt, error) {
		s := file.Layout.Segments[i]
		return io.NewSectionReader(src, s.Off, s.Len), nil
	})
	if err != nil {
		return err
	}
	return a.writer.Flush()
}

// stage notes an entry for the index, and the file as a relative of those to come.
func (a *adding) stage(e work.IndexEntry, file catalog.File) {
	a.staged = append(a.staged, e)
	a.relatives.Add(e.Path, file)
}

// known says that the store has a file, can read it, and cuts it as it is.
func (a *adding) known(file catalog.File, src io.ReaderAt) (bool, error) {
	if a.writer.Lacks(file.ID) {
		return false, nil
	}
	stored, err := a.repo.ReadFile(file.ID)
	if errors.Is(err, tensorstore.ErrUnknown) || errors.Is(err, tensorstore.ErrCorrupt) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !slices.Equal(stored.Blobs, file.Blobs) { // of an older dits, or a lie
		same, err := object.CutAs(src, file.Layout.Size, stored)
		if err != nil || !same {
			return false, err
		}
	}
	return a.repo.Sound(stored)
}

// segments stores the segments of a file, several at once, and counts its tensors.
func (a *adding) segments(ctx context.Context, file catalog.File, family relatives.Family, src io.ReaderAt, done *Added) error {
	puts := make([]tensorstore.Put, len(file.Blobs))
	known := make([]choose.Known, len(file.Blobs))
	for i := range known {
		var err error
		if known[i], err = a.knownOf(file, i, family); err != nil {
			return err
		}
	}
	put := func(ctx context.Context, i int) (err error) {
		s := file.Layout.Segments[i]
		puts[i], err = a.writer.PutBlob(ctx, io.NewSectionReader(src, s.Off, s.Len), file.Blobs[i], s.Len, known[i])
		return err
	}
	if err := eachAtOnce(ctx, len(puts), put); err != nil {
		return err
	}
	done.count(file.Layout, puts)
	done.Late = isLate(file, puts)
	a.puts = putTensors(file, puts)
	var err error
	if done.Sources, err = a.sources(puts); err != nil {
		return err
	}
	return a.recipe(file, puts, done)
}

// eachAtOnce calls put for 0 to n-1, for several at once.
func eachAtOnce(ctx context.Context, n int, put func(ctx context.Context, i int) error) error {
	if n == 1 {
		return put(ctx, 0)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(tensorstore.PutsAtOnce)
	for i := range n {
		g.Go(func() error { return put(ctx, i) })
	}
	return g.Wait()
}

// knownOf is what is known of segment i of a file.
func (a *adding) knownOf(file catalog.File, i int, family relatives.Family) (k choose.Known, err error) {
	k = relatives.Known(file, i, family)
	if s := file.Layout.Segments[i]; s.Kind == formats.Data {
		t := file.Layout.Tensors[s.Tensor]
		if k.Importance, err = a.importances.Of(file, t); err == nil {
			k.Adapters, err = a.adapters.Of(t)
		}
	}
	return k, err
}

// count sorts the tensors by what became of them. One without bytes is known.
func (d *Added) count(l formats.Layout, puts []tensorstore.Put) {
	d.Known = len(l.Tensors)
	for i, s := range l.Segments {
		if s.Kind != formats.Data || puts[i].Known {
			continue
		}
		d.Known--
		if puts[i].Source.IsZero() {
			d.New++
		} else if puts[i].Derived {
			d.Derived++
		} else {
			d.Delta++
		}
	}
}
