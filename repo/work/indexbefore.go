package work

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/cespare/xxhash/v2"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// beforeMagic and beforeVersion start the file with the index as it was before the last command that changed nothing
// but what is staged.
//
//	off  len  what
//	0    4    "DIBF"
//	4    1    version, 1
//	5    1    1 if that command was undone, so that to take it back is to do it again; else 0
//	6    32   digest of the index that it made, with all stat zero
//	38   32   digest of the last line of HEAD's log that tells of a move, zero if there was none
//	70   v    the command: length, UTF-8
//	          the index file as it was
//	end  8    xxhash64 of everything before, little endian
const (
	beforeMagic   = "DIBF"
	beforeVersion = 1
)

// An IndexBefore is the index as it was before the last command that changed nothing but what is staged.
type IndexBefore struct {
	What  string // the command: "add: a.json"
	Again bool   // it was undone: to take that back is to do it again
	Index *Index

	after, move digest.ID
}

func (r *Folder) beforePath() string { return filepath.Join(r.Dir, "index.before") }

// Restage is [Folder.WriteIndex] for a command that moves no ref. If it changes what is staged, the index that it
// replaces is kept first, for [Folder.Before].
func (r *Folder) Restage(x *Index, what string) error { return r.restage(x, what, false) }

// Unstage takes a command back: it makes the index what it was before, and keeps the one that there is now.
func (r *Folder) Unstage(x *Index, b *IndexBefore) error { return r.restage(x, b.What, !b.Again) }

func (r *Folder) restage(x *Index, what string, again bool) error {
	before, err := r.Index()
	if err != nil {
		return err
	}
	b := &IndexBefore{What: what, Again: again, Index: before, after: x.contents()}
	if b.after == before.contents() {
		return r.WriteIndex(x)
	}
	if b.move, err = r.lastMove(); err != nil {
		b.move = digest.ID{} // HEAD is broken: that is told by whoever needs it
	}
	if err := r.WriteFileIf(r.beforePath(), b.encode(), func() error { return nil }); err != nil {
		return err
	}
	return r.WriteIndex(x)
}

// Before is the index before the last command, if that changed what is staged and nothing else; nil if it did not.
// What cannot be read is none.
func (r *Folder) Before() (*IndexBefore, error) {
	raw, err := disk.ReadRegular(r.beforePath(), maxBefore)
	if err != nil {
		return nil, nil
	}
	b, err := decodeBefore(raw)
	if err != nil {
		return nil, nil
	}
	x, err := r.Index()
	if err != nil {
		return nil, err
	}
	move, err := r.lastMove()
	if err != nil || x.contents() != b.after || move != b.move {
		return nil, err
	}
	return b, nil
}

// DropBefore forgets the index before the last command.
func (r *Folder) DropBefore() error {
	err := r.FS.Remove(r.beforePath())
	if disk.IsNoFile(err) {
		return nil
	}
	return err
}

// maxBefore bounds that file in bytes.
const maxBefore = 1 << 30

// lastMove is the digest of what HEAD's log tells last that is a move: to another commit, or a switch.
func (r *Folder) lastMove() (id digest.ID, err error) {
	e, ok, err := r.LastOf(object.HeadName, func(e refs.LogEntry) bool {
		_, switched := refs.MovedFrom(e.Reason)
		return switched || e.Old != e.New
	})
	if ok {
		id = digest.Sum(fmt.Appendf(nil, "%s %s %d %s", e.Old, e.New, e.Time.Unix(), e.Reason))
	}
	return id, err
}

// contents is a digest of what is staged, whatever the working files are.
func (x *Index) contents() digest.ID {
	bare := x.Next(slices.Clone(x.Entries))
	for i := range bare.Entries {
		bare.Entries[i].Stat, bare.Entries[i].Away = Stat{}, false
	}
	return digest.Sum(bare.encode())
}

// Of is the index b.Index with the stat of files that x has as well; others have none, and are read again.
func (b *IndexBefore) Of(x *Index) *Index {
	entries := slices.Clone(b.Index.Entries)
	for i, e := range entries {
		entries[i].Stat = Stat{}
		if now := x.Find(e.Path); now != nil && now.ID == e.ID && now.Mode == e.Mode && now.Dereferenced == e.Dereferenced {
			entries[i] = *now
		}
	}
	return x.Next(entries)
}

func (b *IndexBefore) encode() []byte {
	out := append([]byte(beforeMagic), beforeVersion, 0)
	if b.Again {
		out[5] = 1
	}
	out = append(out, b.after[:]...)
	out = append(out, b.move[:]...)
	out = object.AppendString(out, b.What)
	out = append(out, b.Index.encode()...)
	return binary.LittleEndian.AppendUint64(out, xxhash.Sum64(out))
}

// decodeBefore reads and checks what encode wrote.
func decodeBefore(raw []byte) (*IndexBefore, error) {
	const head, trailer = 6, 8
	if len(raw) < head+trailer || !bytes.HasPrefix(raw, []byte(beforeMagic)) || raw[4] != beforeVersion {
		return nil, fmt.Errorf("index.before: no such file, or of another version: %w", object.ErrCorrupt)
	}
	body, sum := raw[:len(raw)-trailer], binary.LittleEndian.Uint64(raw[len(raw)-trailer:])
	if got := xxhash.Sum64(body); got != sum {
		return nil, fmt.Errorf("index.before: checksum %016x, want %016x: %w", got, sum, object.ErrCorrupt)
	}
	c := object.Cursor{What: "index.before", B: body, Off: head}
	b := &IndexBefore{Again: raw[5] == 1}
	b.after, b.move, b.What = c.ID(), c.ID(), c.String()
	if c.Err != nil {
		return nil, c.Err
	}
	var err error
	b.Index, err = decodeIndex(body[c.Off:])
	return b, err
}
