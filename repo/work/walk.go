package work

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/disk"
)

// A Folder is a working folder, with the refs and the index of its repository.
type Folder struct {
	*refs.Refs
	Root string // absolute
}

// A WorkFile is a file or symbolic link of the working folder.
type WorkFile struct {
	Path    string // slash-separated, relative to the root
	Mode    uint32 // ModeFile, ModeExec or ModeLink
	Size    int64  // bytes; of a link, of its target
	Stat    Stat
	Ignored bool // by a .ditsignore, or because it usually is

	followed bool // what a link at Path leads to
}

// A Skipped is a name of the working folder that may hold a person's work and that a walk passed over.
type Skipped struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// WalkOptions of [Folder.Walk].
type WalkOptions struct {
	Ignored bool                 // ignored files are visited too
	Visit   func(WorkFile) error // called for each file
	Skipped func(Skipped)        // called for each name passed over; nil: no one wants to know
}

// A walker visits the working folder.
type walker struct {
	root string
	WalkOptions
}

// Walk visits each file and link below the folder dir ("" is the root), ascending by the bytes of the path. Left out
// are .dits, folders of other version control, other repositories inside this one, what is neither file nor link,
// temporary files of ours, and, unless it is asked for, what is ignored. Skipped are folders that cannot be read, dir
// apart, and names that a tree cannot hold. Links are not followed.
func (r *Folder) Walk(dir string, o WalkOptions) error {
	w := walker{r.Root, o}
	if w.Skipped == nil {
		w.Skipped = func(Skipped) {}
	}
	rules := w.enter(usuallyIgnored, "")
	covered := false
	for i, c := range dir + "/" {
		if c != '/' || dir == "" {
			continue
		}
		covered = covered || rules.match(dir[:i], true)
		if i < len(dir) {
			rules = w.enter(rules, dir[:i])
		}
	}
	if covered && !o.Ignored {
		w.Skipped(Skipped{dir, "is ignored (add -f takes it)"})
		return nil
	}
	if dir != "" {
		rules = w.enter(rules, dir)
	}
	entries, err := w.read(dir)
	if err != nil {
		return err
	}
	return w.folder(dir, entries, rules, covered)
}

// read lists a folder. One that was removed meanwhile is empty.
func (w *walker) read(dir string) ([]fs.DirEntry, error) {
	entries, err := os.ReadDir(filepath.Join(w.root, filepath.FromSlash(dir)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return entries, err
}

func (w *walker) folder(dir string, entries []fs.DirEntry, rules *ignores, covered bool) error {
	sortAsPaths(entries)
	for _, e := range entries {
		if e.Name() == object.Dir || strings.HasPrefix(e.Name(), nearPrefix) || object.IsForeign(e.Name()) {
			continue
		}
		path := e.Name()
		if dir != "" {
			path = dir + "/" + path
		}
		if err := w.entry(path, e, rules, covered); err != nil {
			return err
		}
	}
	return nil
}

// enter are the rules for a folder below that of rules. A list that cannot be read is told: what it names is visited.
func (w *walker) enter(rules *ignores, dir string) *ignores {
	next, err := rules.enter(w.root, dir)
	if err != nil {
		w.skip(strings.TrimPrefix(dir+"/"+IgnoreFile, "/"), err)
	}
	return next
}

func (w *walker) skip(path string, why error) { w.Skipped(Skipped{path, reasonOf(why)}) }

// reasonOf is why without the path, which goes before it.
func reasonOf(why error) string {
	var at *fs.PathError
	if errors.As(why, &at) {
		return "cannot be read: " + at.Err.Error()
	}
	return why.Error()
}

func (w *walker) entry(path string, e fs.DirEntry, rules *ignores, covered bool) error {
	covered = covered || rules.match(path, e.IsDir())
	if covered && !w.Ignored {
		return nil
	}
	if err := holdable(path, e.Name()); err != nil {
		w.skip(path, err)
		return nil
	}
	if e.IsDir() {
		if refs.IsRepository(filepath.Join(w.root, filepath.FromSlash(path), object.Dir)) {
			return nil
		}
		entries, err := w.read(path)
		if err != nil {
			w.skip(path, err)
			return nil
		}
		return w.folder(path, entries, w.enter(rules, path), covered)
	}
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		w.skip(path, err)
		return nil
	}
	f, ok := workFile(path, info)
	if !ok {
		return nil
	}
	f.Ignored = covered
	return w.Visit(f)
}

// holdable says why a tree cannot hold a path, whose last part is name.
func holdable(path, name string) error {
	if err := object.CheckName(name); err != nil {
		return err
	}
	if len(path) > object.MaxPath {
		return fmt.Errorf("path of %d bytes, want at most %d", len(path), object.MaxPath)
	}
	return nil
}

// workFile describes what info is about; ok is false for what is not tracked.
func workFile(path string, info fs.FileInfo) (WorkFile, bool) {
	mode, ok := object.ModeOf(info.Mode())
	if !ok || mode == object.ModeDir {
		return WorkFile{}, false
	}
	return WorkFile{Path: path, Mode: mode, Size: info.Size(), Stat: StatOf(info)}, true
}

// sortAsPaths sorts the entries of a folder so that the paths below it come in
// ascending order: a folder "a" counts as "a/", after "a-b" and before "a0".
func sortAsPaths(entries []fs.DirEntry) {
	key := func(e fs.DirEntry) string {
		if e.IsDir() {
			return e.Name() + "/"
		}
		return e.Name()
	}
	sort.Slice(entries, func(i, j int) bool { return key(entries[i]) < key(entries[j]) })
}

// Lstat describes the file at path in the working folder. ok is false if there is
// none: nothing is there, or a folder, or a device, or a folder above it is a link.
func (r *Folder) Lstat(path string) (f WorkFile, ok bool, err error) {
	for i, c := range path {
		if c != '/' {
			continue
		}
		info, err := os.Lstat(r.WorkPath(path[:i]))
		if disk.IsNoFile(err) || err == nil && !info.IsDir() {
			return f, false, nil
		}
		if err != nil {
			return f, false, err
		}
	}
	info, err := os.Lstat(r.WorkPath(path))
	if disk.IsNoFile(err) {
		return f, false, nil
	}
	if err != nil {
		return f, false, err
	}
	f, ok = workFile(path, info)
	return f, ok, nil
}

// WorkPath is where path is on this machine.
func (r *Folder) WorkPath(path string) string {
	return filepath.Join(r.Root, filepath.FromSlash(path))
}

// Inside says that path is one of the given paths or below one; "" is everything.
func Inside(path string, paths []string) bool {
	for _, p := range paths {
		if p == "" || path == p || strings.HasPrefix(path, p+"/") {
			return true
		}
	}
	return false
}
