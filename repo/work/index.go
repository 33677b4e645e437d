package work

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/cespare/xxhash/v2"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// indexMagic and indexVersion start the index file.
//
//	off  len  what
//	0    4    "DIDX"
//	4    1    version, 1; 2 if an entry is dereferenced; 3 if one is away
//	5    v    number of entries, then each, in ascending order of the bytes of its path:
//	          v   path: length, UTF-8, slash-separated
//	          v   mode; from version 2 with 2^16 added if the entry is dereferenced,
//	              in version 3 with 2^17 added if it is away
//	          32  digest of the file's bytes
//	          v   size in bytes
//	          v   mtime, nanoseconds since 1970, zigzag
//	          v   ctime, the same
//	          v   inode
//	end  8    xxhash64 of everything before, little endian
//
// v is a uvarint. An entry whose mtime, ctime and inode are all zero has to be
// hashed before it is taken for unchanged.
const (
	indexMagic   = "DIDX"
	indexVersion = 1

	dereferencedVersion = 2
	dereferencedBit     = 1 << 16

	awayVersion = 3
	awayBit     = 1 << 17
)

// An IndexEntry is a staged file.
type IndexEntry struct {
	Path string
	Mode uint32 // ModeFile, ModeExec or ModeLink
	ID   digest.ID
	Size int64 // bytes
	Stat Stat  // of the working file, taken before its content was found to be ID

	Dereferenced bool // the working file is a link, and this is what it leads to; Stat too
	Away         bool // the store alone has the file: where none is in the working folder, none is missing

	fresh bool // put since the index was read
}

// An Index is what the next commit will hold. It is not safe for concurrent use.
type Index struct {
	Entries []IndexEntry // ascending by the bytes of Path

	Written int64 // mtime of the file it was read from, nanoseconds; 0: none

	read uint64 // xxhash64 of that file; 0: none
}

// Next is an index of these entries, in ascending order, that is to replace x.
func (x *Index) Next(entries []IndexEntry) *Index {
	return &Index{Entries: entries, Written: x.Written, read: x.read}
}

// Find returns the entry of path, or nil. The pointer is good until the next Put
// or Remove.
func (x *Index) Find(path string) *IndexEntry {
	if i, ok := x.search(path); ok {
		return &x.Entries[i]
	}
	return nil
}

func (x *Index) search(path string) (int, bool) {
	return sort.Find(len(x.Entries), func(i int) int { return strings.Compare(path, x.Entries[i].Path) })
}

// Under returns the entries of the folder dir and below; "" is all. The slice is
// part of Entries.
func (x *Index) Under(dir string) []IndexEntry {
	if dir == "" {
		return x.Entries
	}
	i, _ := x.search(dir + "/")
	j, _ := x.search(dir + "0") // the byte after '/'
	return x.Entries[i:j]
}

// Put adds or replaces the entries of their paths, in their order. What cannot be there beside one goes:
// a file where it needs a folder, files in a folder of its name. A Stat that is
// not zero claims that the working file was compared to its ID just now.
func (x *Index) Put(entries ...IndexEntry) {
	const several = 16 // for which all that come after one in the index are not moved again and again
	if len(entries) >= several && x.merge(entries) {
		return
	}
	for _, e := range entries {
		x.put(e)
	}
}

func (x *Index) put(e IndexEntry) {
	for i := strings.LastIndexByte(e.Path, '/'); i > 0; i = strings.LastIndexByte(e.Path[:i], '/') {
		x.Remove(e.Path[:i])
	}
	if under := x.Under(e.Path); len(under) > 0 {
		from, _ := x.search(under[0].Path)
		x.Entries = slices.Delete(x.Entries, from, from+len(under))
	}
	e.fresh = true
	i, found := x.search(e.Path)
	if found {
		x.Entries[i] = e
		return
	}
	x.Entries = slices.Insert(x.Entries, i, e)
}

// merge is Put in one pass over all entries. It does nothing, and says so, where something has to go.
func (x *Index) merge(entries []IndexEntry) bool {
	byPath := func(a, b IndexEntry) int { return strings.Compare(a.Path, b.Path) }
	put := Index{Entries: slices.Clone(entries)}
	slices.SortStableFunc(put.Entries, byPath)
	for i, e := range put.Entries {
		if !x.fits(e.Path) || !put.fits(e.Path) || i > 0 && e.Path == put.Entries[i-1].Path {
			return false
		}
		put.Entries[i].fresh = true
	}
	stay := slices.DeleteFunc(x.Entries, func(e IndexEntry) bool { return put.Find(e.Path) != nil })
	x.Entries = slices.Concat(stay, put.Entries)
	slices.SortFunc(x.Entries, byPath)
	return true
}

// Remove drops the entries of paths, as far as there are some.
func (x *Index) Remove(paths ...string) {
	if len(paths) == 1 {
		if i, ok := x.search(paths[0]); ok {
			x.Entries = slices.Delete(x.Entries, i, i+1)
		}
		return
	}
	gone := make(map[string]bool, len(paths))
	for _, path := range paths {
		gone[path] = true
	}
	x.Entries = slices.DeleteFunc(x.Entries, func(e IndexEntry) bool { return gone[e.Path] })
}

// Racy says that a change to e's file may not show in its Stat: the file's mtime
// is not older than the index it was read from, so that it can have been written
// again within one tick of the clock.
func (x *Index) Racy(e *IndexEntry) bool {
	return e.Stat == Stat{} || !e.fresh && x.Written != 0 && e.Stat.MTime >= x.Written
}

// encode returns the bytes of the index. Entries that are racy lose their Stat:
// the new file's time would hide that they are.
func (x *Index) encode() []byte {
	b := append([]byte(indexMagic), x.version())
	b = binary.AppendUvarint(b, uint64(len(x.Entries)))
	for i := range x.Entries {
		e := x.Entries[i]
		if x.Racy(&e) {
			e.Stat = Stat{}
		}
		b = object.AppendString(b, e.Path)
		mode := uint64(e.Mode)
		if e.Dereferenced {
			mode |= dereferencedBit
		}
		if e.Away {
			mode |= awayBit
		}
		b = binary.AppendUvarint(b, mode)
		b = append(b, e.ID[:]...)
		b = binary.AppendUvarint(b, uint64(e.Size))
		b = binary.AppendVarint(b, e.Stat.MTime)
		b = binary.AppendVarint(b, e.Stat.CTime)
		b = binary.AppendUvarint(b, e.Stat.Inode)
	}
	return binary.LittleEndian.AppendUint64(b, xxhash.Sum64(b))
}

// version is the oldest that can say what the index holds.
func (x *Index) version() byte {
	if slices.ContainsFunc(x.Entries, func(e IndexEntry) bool { return e.Away }) {
		return awayVersion
	}
	if slices.ContainsFunc(x.Entries, func(e IndexEntry) bool { return e.Dereferenced }) {
		return dereferencedVersion
	}
	return indexVersion
}

// decodeIndex reads and checks the bytes of an index file.
func decodeIndex(b []byte) (*Index, error) {
	const trailer = 8
	if len(b) < len(indexMagic)+1+trailer || string(b[:4]) != indexMagic {
		return nil, fmt.Errorf("index: no index file: %w", object.ErrCorrupt)
	}
	if b[4] < indexVersion || b[4] > awayVersion {
		return nil, fmt.Errorf("index: version %d, want %d to %d: %w", b[4], indexVersion, awayVersion, object.ErrVersion)
	}
	body, sum := b[:len(b)-trailer], binary.LittleEndian.Uint64(b[len(b)-trailer:])
	if got := xxhash.Sum64(body); got != sum {
		return nil, fmt.Errorf("index: checksum %016x, want %016x: %w", got, sum, object.ErrCorrupt)
	}
	c := object.Cursor{What: "index", B: body, Off: 5}
	x := &Index{Entries: make([]IndexEntry, c.Count(39))}
	for i := range x.Entries {
		e := readIndexEntry(&c, b[4])
		if c.Err == nil && i > 0 && e.Path <= x.Entries[i-1].Path {
			c.Fail("path %q after %q", e.Path, x.Entries[i-1].Path)
		}
		if c.Err != nil {
			return nil, c.Err
		}
		x.Entries[i] = e
	}
	if err := c.End(); err != nil {
		return nil, err
	}
	return x, x.checkFolders()
}

func readIndexEntry(c *object.Cursor, version byte) IndexEntry {
	e := IndexEntry{Path: c.String()}
	mode := c.Uvarint()
	e.ID, e.Size = c.ID(), c.Length()
	e.Stat = Stat{c.Varint(), c.Varint(), c.Uvarint()}
	if c.Err != nil {
		return e
	}
	if version >= dereferencedVersion && mode&dereferencedBit != 0 {
		e.Dereferenced, mode = true, mode&^dereferencedBit
	}
	if version >= awayVersion && mode&awayBit != 0 {
		e.Away, mode = true, mode&^awayBit
	}
	e.Mode = uint32(min(mode, math.MaxUint32))
	if !object.ValidMode(e.Mode) || e.Mode == object.ModeDir {
		c.Fail("mode %o of %q", mode, e.Path)
	}
	if e.Dereferenced && e.Mode == object.ModeLink {
		c.Fail("%q: a link and what it leads to", e.Path)
	}
	if e.Away && (e.Dereferenced || e.Mode == object.ModeLink) {
		c.Fail("%q: a link that is only in the store", e.Path)
	}
	if err := object.CheckPath(e.Path); err != nil {
		c.Fail("%v", err)
	}
	return e
}

// checkFolders refuses a path that is both a file and a folder.
func (x *Index) checkFolders() error {
	for _, e := range x.Entries {
		if under := x.Under(e.Path); len(under) > 0 {
			return fmt.Errorf("index: %q and %q: a file and a folder: %w", e.Path, under[0].Path, object.ErrCorrupt)
		}
	}
	return nil
}

func (r *Folder) indexPath() string { return filepath.Join(r.Dir, "index") }

// Index reads the staging index; it is empty before the first add. Files of other version control, which older
// versions staged, are not in it.
func (r *Folder) Index() (*Index, error) {
	b, written, err := r.readIndex()
	if err != nil {
		return nil, err
	}
	if b == nil {
		return &Index{}, nil
	}
	x, err := decodeIndex(b)
	if errors.Is(err, object.ErrVersion) {
		return nil, fmt.Errorf("%s: %w", r.indexPath(), err)
	}
	if err != nil {
		return nil, &refs.BrokenError{Path: r.indexPath(), Err: err}
	}
	x.Entries = slices.DeleteFunc(x.Entries, func(e IndexEntry) bool { return object.ForeignPart(e.Path) != "" })
	x.Written, x.read = written, sumOf(b)
	return x, nil
}

// readIndex reads the index file and its mtime; nil if there is none.
func (r *Folder) readIndex() (b []byte, written int64, err error) {
	f, err := disk.OpenRegular(r.indexPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if errors.Is(err, disk.ErrSpecial) || disk.IsNoFile(err) {
		return nil, 0, &refs.BrokenError{Path: r.indexPath(), Err: err}
	}
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	b, err = io.ReadAll(f)
	return b, info.ModTime().UnixNano(), err
}

// WriteIndex replaces the index file. The caller has held the lock since before it
// read x. If the file is not the one that x was read from, nothing is written: it is
// [refs.ErrChanged].
func (r *Folder) WriteIndex(x *Index) error {
	b := x.encode()
	err := r.WriteFileIf(r.indexPath(), b, func() error {
		now, _, err := r.readIndex()
		if err == nil && sumOf(now) != x.read {
			err = fmt.Errorf("%s: %w", r.indexPath(), refs.ErrChanged)
		}
		return err
	})
	if err == nil {
		x.read = sumOf(b)
	}
	return err
}

// sumOf is what an Index remembers of its file.
func sumOf(b []byte) uint64 {
	if b == nil {
		return 0
	}
	return xxhash.Sum64(b)
}

// Adopt takes over entries of files just written or compared: all of them, or only
// those that agree with what is staged.
func (x *Index) Adopt(entries []IndexEntry, all bool) {
	if !all {
		entries = slices.DeleteFunc(slices.Clone(entries), func(e IndexEntry) bool {
			now := x.Find(e.Path)
			return now == nil || now.ID != e.ID || now.Mode != e.Mode
		})
	}
	x.Put(entries...)
}
