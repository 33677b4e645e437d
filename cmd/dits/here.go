package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dits/repo"
	"dits/repo/diff"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
)

// A here is the folder that a command works in, from the root of the repository. What people may type again is told as
// it is called here; JSON has paths from the root.
type here string

// here is where a command works; the root where that is outside of the repository.
func (g *globals) here(r *repo.Repo) here {
	dir, err := g.cwd()
	if err != nil {
		return ""
	}
	rel, err := r.Rel(dir, ".")
	if err != nil {
		return ""
	}
	return here(rel)
}

// path is a path of the repository as it is called here.
func (h here) path(path string) string {
	if h == "" || path == "" {
		return path
	}
	rel, err := filepath.Rel(filepath.FromSlash(string(h)), filepath.FromSlash(path))
	if err != nil {
		return path
	}
	if strings.HasSuffix(path, "/") {
		rel += "/"
	}
	return filepath.ToSlash(rel)
}

// paths are paths as they are called here.
func (h here) paths(all []string) []string {
	out := make([]string, len(all))
	for i, path := range all {
		out[i] = h.path(path)
	}
	return out
}

// sources are files as they are called here: REV:PATH is from the root anywhere.
func (h here) sources(all []string) []string {
	out := h.paths(all)
	for i, name := range all {
		if strings.Contains(name, ":") {
			out[i] = name
		}
	}
	return out
}

// changes are changes of files as those are called here.
func (h here) changes(all []work.Change) []work.Change {
	out := make([]work.Change, len(all))
	for i, c := range all {
		out[i] = work.Change{Path: h.path(c.Path), Status: c.Status}
	}
	return out
}

// status is a status with files as they are called here.
func (h here) status(s *work.Status) *work.Status {
	out := *s
	out.Staged, out.Changed, out.Untracked = h.changes(s.Staged), h.changes(s.Changed), h.paths(s.Untracked)
	out.Skipped, out.Renamed, out.StoreOnly = nil, nil, nil
	for _, f := range s.StoreOnly {
		out.StoreOnly = append(out.StoreOnly, work.StoreOnly{Path: h.path(f.Path), Size: f.Size})
	}
	for _, x := range s.Skipped {
		out.Skipped = append(out.Skipped, h.skipped(x))
	}
	for _, n := range s.Renamed {
		out.Renamed = append(out.Renamed, object.Renamed{From: h.path(n.From), To: h.path(n.To)})
	}
	return &out
}

// diff makes the files of a diff those that they are called here.
func (h here) diff(d *diff.Diff) {
	for i := range d.Files {
		f := &d.Files[i]
		f.Path, f.PathB = h.path(f.Path), h.path(f.PathB)
	}
}

// late are models that came after their quants, as those are called here.
func (h here) late(all []repo.LateFile) []repo.LateFile {
	out := make([]repo.LateFile, len(all))
	for i, f := range all {
		out[i] = repo.LateFile{Path: h.path(f.Path), Sources: h.sources(f.Sources)}
	}
	return out
}

func (h here) skipped(x work.Skipped) work.Skipped {
	x.Path = h.path(x.Path)
	return x
}

// told is an error of a repository with paths as they are called here, and with those that may have been meant.
func (g *globals) told(r *repo.Repo, err error) error {
	var absent *object.NoPathError
	var shards *object.ShardsError
	var dirty *work.DirtyError
	var loss *repo.LossError
	var away *repo.StoreOnlyError
	switch h := g.here(r); {
	case errors.As(err, &absent) && err == error(absent):
		told := object.NoPathError{Path: h.path(absent.Path), Why: absent.Why}
		if absent.Why == "" || absent.Why == object.NotTracked {
			told.Near = h.paths(nearPaths(r, absent.Path))
		}
		return &told
	case errors.As(err, &shards) && err == error(shards) && shards.Rev == "": // REV:PATH is from the root
		return &object.ShardsError{Path: h.path(shards.Path), Shards: shards.Shards, First: h.path(shards.First)}
	case errors.As(err, &dirty) && err == error(dirty):
		return &work.DirtyError{Changed: h.paths(dirty.Changed), Untracked: h.paths(dirty.Untracked)}
	case errors.As(err, &loss) && err == error(loss):
		return &repo.LossError{Changed: h.paths(loss.Changed), Cached: loss.Cached}
	case errors.As(err, &away) && err == error(away):
		return &repo.StoreOnlyError{Paths: h.paths(away.Paths), Force: away.Force}
	}
	return err
}

// nearPaths are paths that are like one where there is nothing: of what is tracked, and of what is in its folder.
func nearPaths(r *repo.Repo, path string) []string {
	var all []string
	if x, err := r.Index(); err == nil {
		for _, e := range x.Entries {
			all = append(all, e.Path)
		}
	}
	folder := ""
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		folder = path[:i+1]
	}
	entries, _ := os.ReadDir(r.WorkPath(folder)) // none, none are like it
	for _, e := range entries {
		if name := folder + e.Name(); object.CheckPath(name) == nil {
			all = append(all, name)
		}
	}
	return nearestPaths(path, all)
}

// nearestPaths are those that are like a path, but for the ending that they share; where none has that, with it.
func nearestPaths(path string, all []string) []string {
	ext := filepath.Ext(path)
	stems, of := []string{}, map[string]string{}
	for _, p := range all {
		stem, same := strings.CutSuffix(p, ext)
		if _, twice := of[stem]; same && !twice && p != path {
			stems = append(stems, stem)
			of[stem] = p
		}
	}
	if len(stems) == 0 {
		return refs.Nearest(path, slices.Compact(slices.Sorted(slices.Values(all))))
	}
	near := refs.Nearest(strings.TrimSuffix(path, ext), stems)
	for i, stem := range near {
		near[i] = of[stem]
	}
	return near
}
