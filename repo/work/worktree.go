package work

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"

	"dits/catalog"
	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// A worktree changes files of the working folder. Every step goes by names below
// an open root, so that nothing outside can be reached, and every folder on the
// way is looked at, so that no link is followed.
type worktree struct {
	folder *Folder
	root   disk.Root
	dirty  map[string]bool // folders whose entries changed
	made   int             // temporary files so far
	force  bool            // a file in place of a folder above another may go
}

// OpenWorktree prepares to change the working folder; the caller holds the lock.
func (r *Folder) OpenWorktree(force bool) (*worktree, error) {
	root, err := r.openRoot()
	if err != nil {
		return nil, err
	}
	return &worktree{folder: r, root: root, dirty: map[string]bool{}, force: force}, nil
}

// Close makes all changes of entries durable. Notes of temporary files go after that: a
// loss of power may bring back what they name until then.
func (w *worktree) Close() error {
	err := w.sync()
	if err == nil {
		err = w.folder.sweepTmp()
	}
	return errors.Join(err, w.root.Close())
}

func (w *worktree) sync() error {
	var errs []error
	for _, dir := range slices.Sorted(maps.Keys(w.dirty)) {
		info, err := w.root.Lstat(dir)
		if disk.IsNoFile(err) || err == nil && !info.IsDir() {
			continue // removed later on, or replaced
		}
		if err == nil {
			err = w.root.SyncDir(dir)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// remove deletes files and links, and then the folders that this leaves empty, but the one that the process stands in.
// What is not there, or is a folder, or lies behind a link, or belongs to other version control, is left.
func (w *worktree) remove(names []string) error {
	left := map[string]bool{} // folders with less in them
	for _, name := range names {
		if object.ForeignPart(name) != "" {
			continue
		}
		if err := w.removeFile(name, left); err != nil {
			return err
		}
	}
	for _, dir := range slices.Backward(slices.Sorted(maps.Keys(left))) { // what is in a folder comes before it
		if info, err := w.root.Lstat(dir); err != nil || standsIn(info) {
			continue
		}
		if w.root.Remove(dir) == nil { // else it is not empty
			w.dirty[path.Dir(dir)] = true
		}
	}
	return nil
}

func (w *worktree) removeFile(name string, left map[string]bool) error {
	_, ok, err := w.folder.Lstat(name)
	if err != nil || !ok {
		return err
	}
	if err := w.root.Remove(name); err != nil && !disk.IsNoFile(err) {
		return err
	}
	w.dirty[path.Dir(name)] = true
	for dir := path.Dir(name); dir != "." && !left[dir]; dir = path.Dir(dir) {
		left[dir] = true
	}
	return nil
}

// write puts the temporary file with the content of f into the working folder in place of what
// is there, and returns the new file. The old one is there, whole, until the last step.
func (w *worktree) write(f object.TreeFile, tmp string) (WorkFile, error) {
	if err := object.CheckPath(f.Path); err != nil {
		return WorkFile{}, err
	}
	if part := object.ForeignPart(f.Path); part != "" {
		w.root.Remove(tmp)
		return WorkFile{}, fmt.Errorf("%s: %s belongs to other version control, and is not written", f.Path, part)
	}
	err := w.clear(f.Path)
	if err == nil {
		err = w.place(tmp, f)
	}
	if err != nil {
		w.root.Remove(tmp)
		return WorkFile{}, err
	}
	w.dirty[path.Dir(f.Path)] = true
	got, ok, err := w.folder.Lstat(f.Path)
	if err == nil && !ok {
		err = fmt.Errorf("%s: vanished while it was written", f.Path)
	}
	return got, err
}

// fillSynced makes a temporary file or link of a file's content, checked and synced. It is safe for concurrent use.
func (w *worktree) fillSynced(ctx context.Context, f *filling, p object.Progress) error {
	file, err := w.folder.ReadFile(f.file.ID)
	if err != nil {
		return err
	}
	return w.fill(ctx, f, file, true, p)
}

// fillKnown is fillSynced for a file of which the manifest may be known, without the sync.
func (w *worktree) fillKnown(
	ctx context.Context, f *filling, known map[digest.ID]catalog.File, p object.Progress,
) error {
	file, found := known[f.file.ID]
	if !found {
		var err error
		if file, err = w.folder.ReadFile(f.file.ID); err != nil {
			return err
		}
	}
	return w.fill(ctx, f, file, false, p)
}

// fill makes the temporary file or link of what a manifest describes.
func (w *worktree) fill(ctx context.Context, f *filling, file catalog.File, sync bool, p object.Progress) error {
	if file.Layout.Size != f.file.Size {
		return fmt.Errorf("%d bytes, want %d: %w", file.Layout.Size, f.file.Size, object.ErrCorrupt)
	}
	if f.file.Mode == object.ModeLink {
		return w.fillLink(ctx, f.tmp, file, p)
	}
	out, err := w.root.Create(f.tmp, modeOf(f.file))
	if err != nil {
		return err
	}
	err = w.folder.CopyContent(ctx, out, file, p)
	if err == nil && sync {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		w.root.Remove(f.tmp)
	}
	return err
}

// modeOf is the mode that a file is made with, less the umask.
func modeOf(f object.TreeFile) fs.FileMode {
	if f.Mode == object.ModeExec {
		return 0o777
	}
	return 0o666
}

func (w *worktree) fillLink(ctx context.Context, tmp string, file catalog.File, p object.Progress) error {
	if n := file.Layout.Size; n == 0 || n > object.MaxPath {
		return fmt.Errorf("link to %d bytes, want 1 to %d: %w", n, object.MaxPath, object.ErrCorrupt)
	}
	var target bytes.Buffer
	if err := w.folder.CopyContent(ctx, &target, file, p); err != nil {
		return err
	}
	if bytes.IndexByte(target.Bytes(), 0) >= 0 {
		return fmt.Errorf("link to a name with NUL: %w", object.ErrCorrupt)
	}
	return w.root.Symlink(target.String(), tmp)
}

// clear makes the folders above name and removes what is in its place: a file or a
// link in place of a folder above, empty folders in its own. The plan has made sure
// that nothing is lost by it, or was told to force.
func (w *worktree) clear(name string) error {
	for i, c := range name {
		if c != '/' {
			continue
		}
		if err := w.makeFolder(name[:i]); err != nil {
			return err
		}
	}
	if info, err := w.root.Lstat(name); err == nil && info.IsDir() {
		return w.removeEmpty(name)
	}
	return nil
}

// makeFolder makes one folder unless it is there. Those above it are.
func (w *worktree) makeFolder(dir string) error {
	info, err := w.root.Lstat(dir)
	if err == nil && info.IsDir() {
		return nil
	}
	if err == nil && !w.force {
		return &DirtyError{Untracked: []string{dir}} // it came after the plan was made
	}
	if err == nil {
		err = w.root.Remove(dir)
	} else if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return err
	}
	w.dirty[path.Dir(dir)] = true
	return w.root.Mkdir(dir, 0o777)
}

// removeEmpty removes a folder in which are only empty folders.
func (w *worktree) removeEmpty(dir string) error {
	entries, err := w.root.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() || object.IsForeign(e.Name()) {
			return &DirtyError{Untracked: []string{dir + "/" + e.Name()}}
		}
		if err := w.removeEmpty(dir + "/" + e.Name()); err != nil {
			return err
		}
	}
	return w.root.Remove(dir)
}

// place renames the temporary file to f's path. Where that is another file system,
// the content is copied next to it first.
func (w *worktree) place(tmp string, f object.TreeFile) error {
	err := w.root.Rename(tmp, f.Path)
	if !disk.IsCrossDevice(err) {
		return err
	}
	near := path.Join(path.Dir(f.Path), nearPrefix+path.Base(tmp))
	if err := w.folder.WriteFile(w.folder.WorkPath(tmp)+noteSuffix, []byte(near)); err != nil {
		return err
	}
	err = w.copyAcross(tmp, near, f)
	if err == nil {
		err = w.root.Rename(near, f.Path)
	}
	if err != nil {
		w.root.Remove(near)
		return err
	}
	return w.root.Remove(tmp) // now, for its space: it would go in the end
}

func (w *worktree) copyAcross(from, to string, f object.TreeFile) error {
	if f.Mode == object.ModeLink {
		target, err := w.root.Readlink(from)
		if err != nil {
			return err
		}
		return w.root.Symlink(target, to)
	}
	in, err := w.root.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := w.root.Create(to, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}
