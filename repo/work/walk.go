package work

import (
	"errors"
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
	Ignored bool // by a .ditsignore
}

// A walker visits the working folder.
type walker struct {
	root    string
	ignored bool // ignored files are visited too
	visit   func(WorkFile) error
}

// Walk calls visit for each file and link below the folder dir ("" is the root),
// ascending by the bytes of the path. Left out are .dits in any spelling, other
// repositories inside this one, what is neither file nor link, names that a tree
// cannot hold, temporary files of ours, and, unless ignored is set, what .ditsignore covers. Links are not
// followed.
func (r *Folder) Walk(dir string, ignored bool, visit func(WorkFile) error) error {
	w := walker{r.Root, ignored, visit}
	rules := (*ignores)(nil).enter(r.Root, "")
	covered := false
	for i, c := range dir + "/" {
		if c != '/' || dir == "" {
			continue
		}
		covered = covered || rules.match(dir[:i], true)
		if i < len(dir) {
			rules = rules.enter(r.Root, dir[:i])
		}
	}
	if covered && !ignored {
		return nil
	}
	if dir != "" {
		rules = rules.enter(r.Root, dir)
	}
	return w.folder(dir, rules, covered)
}

func (w *walker) folder(dir string, rules *ignores, covered bool) error {
	entries, err := os.ReadDir(filepath.Join(w.root, filepath.FromSlash(dir)))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile
		}
		return err
	}
	sortAsPaths(entries)
	for _, e := range entries {
		if object.CheckName(e.Name()) != nil || strings.HasPrefix(e.Name(), nearPrefix) {
			continue
		}
		path := e.Name()
		if dir != "" {
			path = dir + "/" + path
		}
		if len(path) > object.MaxPath {
			continue
		}
		if err := w.entry(path, e, rules, covered); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) entry(path string, e fs.DirEntry, rules *ignores, covered bool) error {
	covered = covered || rules.match(path, e.IsDir())
	if covered && !w.ignored {
		return nil
	}
	if e.IsDir() {
		if refs.IsRepository(filepath.Join(w.root, filepath.FromSlash(path), object.Dir)) {
			return nil
		}
		return w.folder(path, rules.enter(w.root, path), covered)
	}
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	f, ok := workFile(path, info)
	if !ok {
		return nil
	}
	f.Ignored = covered
	return w.visit(f)
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
