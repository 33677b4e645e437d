//go:build linux || darwin

package mount

import (
	"context"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"dits/catalog"
	"dits/repo/object"
)

// A file is one of a commit, or a symbolic link.
type file struct {
	fs.Inode
	system *system
	path   string // from the mount, where it was seen first
	entry  catalog.TreeEntry
	time   time.Time // of the commit
}

var (
	_ fs.NodeGetattrer  = (*file)(nil)
	_ fs.NodeOpener     = (*file)(nil)
	_ fs.NodeReadlinker = (*file)(nil)
	_ fs.NodeStatfser   = (*file)(nil)
)

// Getattr implements [fs.NodeGetattrer].
func (f *file) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	f.attr(&out.Attr)
	out.SetTimeout(fixed)
	return fs.OK
}

func (f *file) attr(a *fuse.Attr) {
	switch f.entry.Mode {
	case object.ModeLink:
		a.Mode = 0o777
	case object.ModeExec:
		a.Mode = 0o555
	default:
		a.Mode = 0o444
	}
	a.Nlink, a.Size = 1, uint64(f.entry.Size)
	a.Blocks = (a.Size + 511) / 512
	setTime(a, f.time)
}

// Statfs implements [fs.NodeStatfser].
func (f *file) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	return f.system.statfs(out)
}

// Readlink implements [fs.NodeReadlinker].
func (f *file) Readlink(context.Context) ([]byte, syscall.Errno) {
	c, err := f.system.decoder.open(f.entry.ID)
	if err != nil {
		return nil, f.system.errno(f.path, err)
	}
	target := make([]byte, c.size())
	if err := object.ReadFull(c, target, 0); err != nil {
		return nil, f.system.errno(f.path, err)
	}
	return target, fs.OK
}

// Open implements [fs.NodeOpener]. The kernel keeps what it has of the file: it never changes.
func (f *file) Open(_ context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	if flags&syscall.O_ACCMODE != syscall.O_RDONLY {
		return nil, 0, syscall.EROFS
	}
	c, err := f.system.decoder.open(f.entry.ID)
	if err != nil {
		return nil, 0, f.system.errno(f.path, err)
	}
	ctx, cancel := context.WithCancel(f.system.ctx)
	return &opened{file: f, content: c, ctx: ctx, cancel: cancel}, fuse.FOPEN_KEEP_CACHE, fs.OK
}

// An opened is a file that a program has open.
type opened struct {
	file    *file
	content *content
	ahead   ahead
	ctx     context.Context // until it is closed
	cancel  context.CancelFunc
}

var (
	_ fs.FileReader   = (*opened)(nil)
	_ fs.FileReleaser = (*opened)(nil)
)

// Read implements [fs.FileReader].
func (o *opened) Read(_ context.Context, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	end := min(off+int64(len(dest)), o.content.size())
	if off >= end {
		return fuse.ReadResultData(nil), fs.OK
	}
	if a, b := o.ahead.next(off, end, o.content.size()); a < b {
		o.content.decodeAhead(o.ctx, a, b)
	}
	b, err := o.content.from(off)
	if err == nil && int64(len(b)) < end-off { // of several chunks
		b = dest[:end-off]
		err = object.ReadFull(o.content, b, off)
	}
	if err != nil {
		return nil, o.file.system.errno(o.file.path, err)
	}
	return fuse.ReadResultData(b[:end-off]), fs.OK
}

// Release implements [fs.FileReleaser].
func (o *opened) Release(context.Context) syscall.Errno {
	o.cancel()
	return fs.OK
}
