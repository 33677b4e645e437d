package faultfs

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A node is a file, a link or a folder, whatever its names are.
type node struct {
	mode   fs.FileMode // type and permissions
	data   []byte      // file: written
	synced []byte      // file: part of it, or an older state, that a Sync made durable
	target string      // link

	live    map[string]*node // folder: what a process sees in it
	durable map[string]*node // folder: what the disk has in it whatever happens
}

func newFolder(mode fs.FileMode) *node {
	return &node{mode: fs.ModeDir | mode.Perm(), live: map[string]*node{}, durable: map[string]*node{}}
}

// load reads what is at path, all of it durable.
func load(path string) (*node, error) {
	st, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	n := &node{mode: st.Mode()}
	switch {
	case st.IsDir():
		n = newFolder(st.Mode())
		entries, err := os.ReadDir(path)
		for _, e := range entries {
			child, cerr := load(filepath.Join(path, e.Name()))
			err = errors.Join(err, cerr)
			n.live[e.Name()], n.durable[e.Name()] = child, child
		}
		return n, err
	case st.Mode()&fs.ModeSymlink != 0:
		n.target, err = os.Readlink(path)
	default:
		n.data, err = os.ReadFile(path)
		n.synced = n.data
	}
	return n, err
}

// write makes n, as it is live, at path.
func (n *node) write(path string) error {
	switch {
	case n.mode.IsDir():
		if err := os.Mkdir(path, n.mode.Perm()|0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err // only the root is there
		}
		for name, child := range n.live {
			if err := child.write(filepath.Join(path, name)); err != nil {
				return err
			}
		}
		return nil
	case n.target != "":
		return os.Symlink(n.target, path)
	}
	if err := os.WriteFile(path, n.data, 0o600); err != nil {
		return err
	}
	return os.Chmod(path, n.mode.Perm())
}

// at is the node of a path relative to the root; nil if the file system does not
// know of it.
func (f *FS) at(rel string) *node {
	n := f.top
	if rel == "." {
		return n
	}
	for name := range strings.SplitSeq(rel, "/") {
		if n == nil {
			return nil
		}
		n = n.live[name] // of no folder: none
	}
	return n
}

// link gives n a name, in a folder that is known.
func (f *FS) link(rel string, n *node) {
	if !fs.ValidPath(rel) {
		return // outside
	}
	if dir := f.at(path.Dir(rel)); dir != nil && dir.live != nil {
		dir.live[path.Base(rel)] = n
	}
}

func (f *FS) unlink(rel string) {
	if dir := f.at(path.Dir(rel)); dir != nil {
		delete(dir.live, path.Base(rel))
	}
}
