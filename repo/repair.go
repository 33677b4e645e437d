package repo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"dits/catalog"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore/disk"
)

// Repair mends the files of .dits that cannot be understood: of the repository that start is in, the
// configuration, the catalog, logs, refs, HEAD and the index. Nothing is deleted: what is replaced is put aside. told hears of each.
func Repair(start string, told func(refs.Mending)) error { return repair(start, true, told) }

// RepairFiles is [Repair], but that refs and a HEAD that can be read stay, also where their commit is lost: it may
// be brought back.
func RepairFiles(start string, told func(refs.Mending)) error { return repair(start, false, told) }

func repair(start string, lost bool, told func(refs.Mending)) error {
	root, err := findRoot(start)
	if err != nil {
		return err
	}
	r, err := bare(root, nil)
	if err != nil {
		return err
	}
	l, err := r.Lock()
	if err != nil {
		return err
	}
	defer l.Unlock()
	if err := r.mendConfig(told); err != nil {
		return err
	}
	opened, err := openMended(root, told)
	if err != nil {
		return err
	}
	return errors.Join(opened.mend(lost, told), opened.Close())
}

// mend puts in order what names commits, each by what was mended before it.
func (r *Repo) mend(lost bool, told func(refs.Mending)) error {
	mendRefs := func() ([]refs.Mending, error) { return r.MendRefs(lost) }
	for _, part := range []func() ([]refs.Mending, error){r.MendLogs, mendRefs} {
		done, err := part()
		for _, m := range done {
			told(m)
		}
		if err != nil {
			return err
		}
	}
	m, err := r.MendHead(lost)
	if m != nil {
		told(*m)
	}
	if err != nil {
		return err
	}
	return r.mendIndex(told)
}

// openMended opens the repository, with a new catalog where the old one is damaged, or not what the packs say.
func openMended(root string, told func(refs.Mending)) (*Repo, error) {
	r, err := Open(root, nil)
	if err == nil {
		var differ []string
		if differ, err = r.catalogDifferences(); err == nil && len(differ) == 0 {
			return r, nil
		}
		r.Close()
	}
	if err != nil && !errors.As(err, new(*catalog.DamagedError)) {
		return nil, err
	}
	if r, err = configured(root, nil); err != nil {
		return nil, err
	}
	if err := object.Rebuild(r.StoreDir, r.FS); err != nil {
		return nil, err
	}
	told(refs.Mending{Path: object.CatalogPath(r.StoreDir), Did: "made again from the packs"})
	return Open(root, nil)
}

// mendIndex makes a damaged index that of HEAD again. What was staged since is in the store, and no longer named.
func (r *Repo) mendIndex(told func(refs.Mending)) error {
	_, err := r.Index()
	var broken *refs.BrokenError
	if !errors.As(err, &broken) {
		return err
	}
	h, err := r.Head()
	if err != nil {
		return err
	}
	m := refs.Mending{Path: broken.Path, Did: "is that of HEAD again: what was staged since has to be added again"}
	files, err := r.CommitFiles(h.Commit)
	if err != nil {
		m.Did = "is empty: HEAD cannot be read"
	}
	next := &work.Index{}
	for _, f := range files {
		next.Entries = append(next.Entries, work.IndexEntry{Path: f.Path, Mode: f.Mode, ID: f.ID, Size: f.Size})
	}
	if m.Aside, err = r.PutAside(broken.Path); err != nil {
		return err
	}
	told(m)
	return r.WriteIndex(next)
}

// storeLine is the line of a configuration that says where a shared store is.
var storeLine = regexp.MustCompile(`(?m)^\s*path\s*=\s*["'](/[^"']+)["']`)

// mendConfig replaces a configuration that is not one by the plainest. The place of a shared store is taken
// over from it where that can still be read: nothing else says it.
func (r *Repo) mendConfig(told func(refs.Mending)) error {
	_, err := readConfig(r.Dir)
	var broken *refs.BrokenError
	if !errors.As(err, &broken) {
		return err
	}
	c := Config{Format: formatVersion}
	m := refs.Mending{Path: broken.Path, Did: "has no author and no remotes any more: `dits config` sets them"}
	own := filepath.Join(r.Dir, "store")
	if _, err := os.Stat(own); errors.Is(err, fs.ErrNotExist) {
		c.Store.Path = storeIn(broken.Path)
		if c.Store.Path == "" {
			return &lostStoreError{broken}
		}
	}
	b, err := c.encode()
	if err != nil {
		return err
	}
	if m.Aside, err = r.PutAside(broken.Path); err != nil {
		return err
	}
	told(m)
	return r.WriteFile(broken.Path, b)
}

// storeIn is the shared store that a damaged configuration names, "" if none is there.
func storeIn(path string) string {
	b, err := disk.ReadRegular(path, maxConfig)
	if err != nil {
		return ""
	}
	for _, found := range storeLine.FindAllSubmatch(b, -1) {
		if info, err := os.Stat(filepath.Join(string(found[1]), "packs")); err == nil && info.IsDir() {
			return string(found[1])
		}
	}
	return ""
}

// A lostStoreError means that nothing says any more where the store is.
type lostStoreError struct{ err error }

func (e *lostStoreError) Error() string {
	return e.err.Error() + ": it does not say where the store is; write into it \"format = 1\" and, below [store], path = \"/THE/STORE\""
}
