package object

import (
	"encoding/binary"
	"slices"
	"sort"
	"strings"

	"dits/catalog"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// treeVersion is the first byte of a tree. A tree's ID is the BLAKE3 of its
// bytes, so a change here changes every commit ID.
//
//	off  len  what
//	0    1    version, 1
//	then for each entry, in ascending order of the bytes of its name:
//	     v    mode (octal 100644, 100755, 120000 or 40000), uvarint
//	     v    length of name, uvarint
//	     n    name, UTF-8, one path element
//	     v    size in bytes, uvarint: of the file, the link's target, or all files below a folder
//	     32   digest: of the file's bytes, the link's target, or the tree's bytes
//
// uvarints are in their shortest form. One list of entries has one encoding.
const treeVersion = 1

// EncodeTree returns the canonical bytes of a tree. The entries have to be
// valid and sorted.
func EncodeTree(entries []catalog.TreeEntry) []byte {
	b := []byte{treeVersion}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.Mode))
		b = AppendString(b, e.Name)
		b = binary.AppendUvarint(b, uint64(e.Size))
		b = append(b, e.ID[:]...)
	}
	return b
}

// DecodeTree reads and checks the bytes of the tree id.
func DecodeTree(id digest.ID, b []byte) (catalog.Tree, error) {
	c := Cursor{What: "tree " + id.Short(), B: b}
	t := catalog.Tree{ID: id}
	if len(b) > maxTree {
		c.Fail("%d bytes, want at most %d", len(b), maxTree)
	}
	if v := c.byte(); c.Err == nil && v != treeVersion {
		c.Fail("version %d, want %d", v, treeVersion)
	}
	last := ""
	for c.Err == nil && c.left() > 0 {
		e := readTreeEntry(&c)
		if c.Err == nil && len(t.Entries) > 0 && e.Name <= last {
			c.Fail("name %.255q after %.255q", e.Name, last)
		}
		last = e.Name
		t.Entries = append(t.Entries, e)
	}
	if err := c.End(); err != nil {
		return catalog.Tree{}, err
	}
	return t, nil
}

func readTreeEntry(c *Cursor) catalog.TreeEntry {
	mode := c.Uvarint()
	e := catalog.TreeEntry{Name: c.String(), Size: c.Length(), ID: c.ID(), Mode: uint32(mode)}
	if c.Err != nil {
		return e
	}
	if mode > 1<<32-1 || !ValidMode(e.Mode) {
		c.Fail("mode %o of %.255q", mode, e.Name)
	}
	if err := CheckName(e.Name); err != nil {
		c.Fail("%v", err)
	}
	if e.ID.IsZero() {
		c.Fail("%.255q names nothing", e.Name)
	}
	return e
}

// ReadTree returns the tree id, verified.
func (r *Database) ReadTree(id digest.ID) (catalog.Tree, error) {
	b, err := r.Store.Object(pack.Tree, id)
	if err != nil {
		return catalog.Tree{}, err
	}
	return DecodeTree(id, b)
}

// FindEntry returns the entry of that name, if there is one.
func FindEntry(t catalog.Tree, name string) (catalog.TreeEntry, bool) {
	i, found := sort.Find(len(t.Entries), func(i int) int { return strings.Compare(name, t.Entries[i].Name) })
	if !found {
		return catalog.TreeEntry{}, false
	}
	return t.Entries[i], true
}

// sortByName puts entries in the order of a tree.
func sortByName(entries []catalog.TreeEntry) {
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name < entries[j].Name })
}

// asPaths returns the entries in the order that the paths below them have: a
// folder "a" counts as "a/".
func asPaths(entries []catalog.TreeEntry) []catalog.TreeEntry {
	key := func(e catalog.TreeEntry) string {
		if e.Mode == ModeDir {
			return e.Name + "/"
		}
		return e.Name
	}
	out := slices.Clone(entries)
	sort.Slice(out, func(i, j int) bool { return key(out[i]) < key(out[j]) })
	return out
}
