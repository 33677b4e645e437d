//go:build linux || darwin

package mount

import (
	"context"
	"path"
	"strings"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

// A plain folder is one that is of no commit.
type plain struct {
	fs.Inode
	system *system
}

var (
	_ fs.NodeGetattrer = (*plain)(nil)
	_ fs.NodeStatfser  = (*plain)(nil)
)

// Getattr implements [fs.NodeGetattrer].
func (p *plain) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	p.system.attr(&out.Attr)
	return fs.OK
}

// Statfs implements [fs.NodeStatfser].
func (p *plain) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	return p.system.statfs(out)
}

// A top is the folder that has those of branches, tags and commits.
type top struct{ plain }

var _ fs.NodeOnAdder = (*top)(nil)

// OnAdd implements [fs.NodeOnAdder].
func (t *top) OnAdd(ctx context.Context) {
	s := t.system
	for name, node := range map[string]fs.InodeEmbedder{
		"branches": &names{plain{system: s}, "branches", object.BranchPrefix},
		"tags":     &names{plain{system: s}, "tags", object.TagPrefix},
		"commits":  &commits{plain{system: s}},
	} {
		t.AddChild(name, t.NewPersistentInode(ctx, node, fs.StableAttr{Mode: syscall.S_IFDIR, Ino: inode("folder", name)}), false)
	}
}

// statfs says how much the packs take, and that there is room for nothing.
func (s *system) statfs(out *fuse.StatfsOut) syscall.Errno {
	packs, err := s.repo.Catalog.Packs()
	if err != nil {
		return s.errno("", err)
	}
	var bytes int64
	for _, p := range packs {
		bytes += p.Size
	}
	const block = 4096
	out.Bsize, out.Frsize, out.NameLen = block, block, 255
	out.Blocks = uint64(bytes+block-1) / block
	return fs.OK
}

// A names is a folder of branches or tags: a name with slashes is in folders.
type names struct {
	plain
	path   string // from the mount
	prefix string // of refs that are in it
}

var (
	_ fs.NodeLookuper  = (*names)(nil)
	_ fs.NodeReaddirer = (*names)(nil)
)

// Readdir implements [fs.NodeReaddirer].
func (n *names) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	all, err := n.system.repo.GoodRefs(n.prefix)
	if err != nil {
		return nil, n.system.errno(n.path, err)
	}
	var entries []fuse.DirEntry
	for _, ref := range all {
		name, _, _ := strings.Cut(strings.TrimPrefix(ref.Name, n.prefix), "/")
		if len(entries) == 0 || entries[len(entries)-1].Name != name { // refs come by name
			entries = append(entries, fuse.DirEntry{Name: name, Mode: syscall.S_IFDIR})
		}
	}
	return fs.NewListDirStream(entries), fs.OK
}

// Lookup implements [fs.NodeLookuper].
func (n *names) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	ref, at := n.prefix+name, path.Join(n.path, name)
	if object.CheckRefName(ref) != nil {
		return nil, syscall.ENOENT
	}
	s := n.system
	remembered(out, moving)
	s.attr(&out.Attr)
	f := s.follow(at, func() (digest.ID, error) { return s.named(ref) })
	t, err := f.state()
	if err != nil && s.hasBelow(ref) {
		sub := &names{plain{system: s}, at, ref + "/"}
		return n.NewInode(ctx, sub, fs.StableAttr{Mode: syscall.S_IFDIR, Ino: inode("folder", at)}), fs.OK
	}
	if err != nil {
		return nil, s.errno(at, err)
	}
	f.attr(&out.Attr, t)
	return n.NewInode(ctx, f, fs.StableAttr{Mode: syscall.S_IFDIR, Ino: inode("revision", at)}), fs.OK
}

// hasBelow says that there are refs whose names begin with that of ref and a slash.
func (s *system) hasBelow(ref string) bool {
	within, err := s.repo.GoodRefs(ref + "/")
	return err == nil && len(within) > 0
}

// named is the commit of a ref.
func (s *system) named(ref string) (digest.ID, error) {
	id, err := s.repo.ReadRef(ref)
	if err != nil {
		return id, err
	}
	if id.IsZero() {
		return id, refs.Missing("no %s", ref)
	}
	return s.repo.Peel(id)
}

// A commits is the folder in which each commit is found by its id, or by enough of its first digits. It lists none: there
// may be any number.
type commits struct{ plain }

var (
	_ fs.NodeLookuper  = (*commits)(nil)
	_ fs.NodeReaddirer = (*commits)(nil)
)

// Readdir implements [fs.NodeReaddirer].
func (c *commits) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	return fs.NewListDirStream(nil), fs.OK
}

// Lookup implements [fs.NodeLookuper].
func (c *commits) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	id, err := c.system.repo.Resolve(name)
	if err == nil && !strings.HasPrefix(id.String(), name) { // a branch, or main~1
		return nil, syscall.ENOENT
	}
	at := path.Join("commits", name)
	if err != nil {
		return nil, c.system.errno(at, err)
	}
	commit, err := c.system.commit(id)
	if err != nil {
		return nil, c.system.errno(at, err)
	}
	t := tree{commit.Tree, commit.Time}
	f := c.system.below(at, t)
	f.attr(&out.Attr, t)
	remembered(out, fixed)
	return c.NewInode(ctx, f, fs.StableAttr{Mode: syscall.S_IFDIR, Ino: inode("revision", at, id.String())}), fs.OK
}
