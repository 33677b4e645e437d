//go:build linux || darwin

package mount

import (
	"context"
	"path"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"dits/catalog"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A tree is what a folder has at a time.
type tree struct {
	id   digest.ID // zero: nothing
	time time.Time // of the commit
}

// A folder is one of a commit, or the top one of what a branch, a tag or a revision names at the time.
type folder struct {
	fs.Inode
	system *system
	path   string // from the mount
	state  func() (tree, error)
	lasts  time.Duration // for how long its entries are what they are
}

var (
	_ fs.NodeLookuper       = (*folder)(nil)
	_ fs.NodeOpendirHandler = (*folder)(nil)
	_ fs.NodeGetattrer      = (*folder)(nil)
	_ fs.NodeStatfser       = (*folder)(nil)
)

// below is the folder of a tree.
func (s *system) below(path string, t tree) *folder {
	return &folder{system: s, path: path, state: func() (tree, error) { return t, nil }, lasts: fixed}
}

// asked is for how long a commit that was found is taken to be still the one: a listing asks for each of its files.
const asked = 100 * time.Millisecond

// follow is the top folder of the commit that resolve finds at the time.
func (s *system) follow(path string, resolve func() (digest.ID, error)) *folder {
	var mu sync.Mutex
	var commit digest.ID
	var now tree
	var when time.Time
	state := func() (tree, error) {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(when) < asked {
			return now, nil
		}
		id, err := resolve()
		if err != nil {
			return tree{}, err
		}
		if id != commit {
			c, err := s.commit(id)
			if err != nil {
				return tree{}, err
			}
			commit, now = id, tree{c.Tree, c.Time}
		}
		when = time.Now()
		return now, nil
	}
	return &folder{system: s, path: path, state: state, lasts: moving}
}

// commit reads a commit that another process may just have made.
func (s *system) commit(id digest.ID) (catalog.Commit, error) {
	if c, err := s.repo.ReadCommit(id); err == nil {
		return c, nil
	}
	if err := s.repo.Store.Refresh(); err != nil {
		return catalog.Commit{}, err
	}
	return s.repo.ReadCommit(id)
}

// Getattr implements [fs.NodeGetattrer].
func (f *folder) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	t, err := f.state()
	if err != nil {
		return f.system.errno(f.path, err)
	}
	f.attr(&out.Attr, t)
	out.SetTimeout(f.lasts)
	return fs.OK
}

func (f *folder) attr(a *fuse.Attr, t tree) {
	a.Mode, a.Nlink = 0o555, 1 // 1: how many folders are in it is not said
	setTime(a, t.time)
}

// Statfs implements [fs.NodeStatfser].
func (f *folder) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	return f.system.statfs(out)
}

// Lookup implements [fs.NodeLookuper].
func (f *folder) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	t, err := f.state()
	if err != nil {
		return nil, f.system.errno(f.path, err)
	}
	return f.find(ctx, t, name, out)
}

// find is the entry of that name of one of the folder's trees.
func (f *folder) find(ctx context.Context, t tree, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	entries, err := f.system.entries(t.id)
	if err != nil {
		return nil, f.system.errno(f.path, err)
	}
	e, found := object.FindEntry(catalog.Tree{Entries: entries}, name)
	if !found {
		return nil, syscall.ENOENT
	}
	remembered(out, f.lasts)
	at := path.Join(f.path, name)
	when := strconv.FormatInt(t.time.UnixNano(), 36)
	if e.Mode == object.ModeDir {
		sub := f.system.below(at, tree{e.ID, t.time})
		sub.attr(&out.Attr, tree{e.ID, t.time})
		return f.NewInode(ctx, sub, fs.StableAttr{Mode: syscall.S_IFDIR, Ino: inode("folder", at, e.ID.String(), when)}), fs.OK
	}
	// The same file by another path is the same for the kernel: it has its bytes in memory once.
	child := &file{system: f.system, path: at, entry: e, time: t.time}
	child.attr(&out.Attr)
	return f.NewInode(ctx, child, fs.StableAttr{Mode: kind(e.Mode), Ino: inode("file", e.ID.String(), strconv.Itoa(int(e.Mode)), when)}), fs.OK
}

// kind is the mode of a tree's entry as the system has it, without rights.
func kind(mode uint32) uint32 {
	switch mode {
	case object.ModeDir:
		return syscall.S_IFDIR
	case object.ModeLink:
		return syscall.S_IFLNK
	}
	return syscall.S_IFREG
}

// OpendirHandle implements [fs.NodeOpendirHandler].
func (f *folder) OpendirHandle(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	t, err := f.state()
	if err != nil {
		return nil, 0, f.system.errno(f.path, err)
	}
	entries, err := f.system.entries(t.id)
	if err != nil {
		return nil, 0, f.system.errno(f.path, err)
	}
	l := &listing{entries: entries}
	l.find = func(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
		return f.find(ctx, t, name, out)
	}
	return l, 0, fs.OK
}

// A listing is a folder that is open, as it was when it was opened.
type listing struct {
	entries []catalog.TreeEntry
	next    uint64
	find    func(context.Context, string, *fuse.EntryOut) (*fs.Inode, syscall.Errno)
}

var (
	_ fs.FileReaddirenter = (*listing)(nil)
	_ fs.FileSeekdirer    = (*listing)(nil)
	_ fs.FileLookuper     = (*listing)(nil)
)

// Readdirent implements [fs.FileReaddirenter].
func (l *listing) Readdirent(context.Context) (*fuse.DirEntry, syscall.Errno) {
	if l.next >= uint64(len(l.entries)) {
		return nil, fs.OK
	}
	e := l.entries[l.next]
	l.next++
	return &fuse.DirEntry{Name: e.Name, Mode: kind(e.Mode), Off: l.next}, fs.OK
}

// Seekdir implements [fs.FileSeekdirer].
func (l *listing) Seekdir(_ context.Context, off uint64) syscall.Errno {
	l.next = off
	return fs.OK
}

// Lookup implements [fs.FileLookuper].
func (l *listing) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	return l.find(ctx, name, out)
}
