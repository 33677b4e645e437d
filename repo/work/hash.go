package work

import (
	"io"
	"os"

	"dits/repo/object"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// HashFile returns the digest of what a working file holds now: its bytes, or the
// target of a link. It costs reading the file.
func (r *Folder) HashFile(f WorkFile) (digest.ID, error) {
	if f.Mode == object.ModeLink {
		target, err := os.Readlink(r.WorkPath(f.Path))
		return digest.Sum([]byte(target)), err
	}
	file, err := disk.OpenRegular(r.WorkPath(f.Path))
	if err != nil {
		return digest.ID{}, err
	}
	defer file.Close()
	h := digest.NewHasher()
	buf := make([]byte, min(1<<20, max(4<<10, f.Size))) // many files are small: to clear it would take longer than to read
	if _, err := io.CopyBuffer(h, onlyReader{file}, buf); err != nil {
		return digest.ID{}, err
	}
	return h.ID(), nil
}

// onlyReader hides that a file can write itself elsewhere in small pieces.
type onlyReader struct{ io.Reader }

// A verdict compares a working file to what the index says of it.
type verdict int

const (
	asStaged  verdict = iota
	isTouched         // the same content under another stat: the index can be refreshed
	isChanged
	isGone
)

// compare says whether the working file of e is as staged. It reads the file only if its stat does not match, or may
// hide a change. It also returns the file as e sees it, see [Folder.Follow].
func (r *Folder) compare(x *Index, e *IndexEntry, f WorkFile, exists bool) (verdict, WorkFile, error) {
	return r.compareBy(x, e, f, exists, false)
}

// compareBy is compare, which with content set reads the file whatever its stat says: a program that has mapped it
// into its memory may write it without any trace in the stat.
func (r *Folder) compareBy(x *Index, e *IndexEntry, f WorkFile, exists, content bool) (verdict, WorkFile, error) {
	f, exists, err := r.Follow(e, f, exists)
	switch {
	case err != nil:
		return isChanged, f, err
	case !exists:
		return e.absent(), f, nil
	case f.Mode != e.Mode || f.Size != e.Size:
		return isChanged, f, nil
	case f.Stat == e.Stat && !x.Racy(e) && !content:
		return asStaged, f, nil
	}
	id, err := r.HashFile(f)
	switch {
	case disk.IsNoFile(err):
		return e.absent(), f, nil
	case err != nil:
		return isChanged, f, err
	case id != e.ID:
		return isChanged, f, nil
	}
	return isTouched, f, nil
}

// absent is what it means that no file is where e has one.
func (e *IndexEntry) absent() verdict {
	if e.Away {
		return asStaged
	}
	return isGone
}

// Follow returns the working file f of e as e sees it: as long as the file is a link and e what a link led to, what
// it leads to now. Then exists is false if that is no file.
func (r *Folder) Follow(e *IndexEntry, f WorkFile, exists bool) (WorkFile, bool, error) {
	if !exists || !e.Dereferenced || f.Mode != object.ModeLink {
		return f, exists, nil
	}
	info, err := os.Stat(r.WorkPath(e.Path))
	if disk.IsNoFile(err) {
		return f, false, nil
	}
	if err != nil {
		return f, false, err
	}
	to, ok := workFile(e.Path, info)
	to.followed = true
	return to, ok, nil
}

// refresh returns the entry of e for a working file found to hold e's content, as compare returned it.
func refresh(e IndexEntry, f WorkFile) IndexEntry {
	e.Stat, e.Dereferenced, e.Away, e.fresh = f.Stat, f.followed, false, true
	return e
}
