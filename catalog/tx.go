package catalog

import (
	"database/sql"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A Tx is a transaction that writes; see [Catalog.Update]. Its methods may be
// called in any order: what refers to a chunk, blob or file may be added before
// the record of it. It remembers nothing that Update's fn could observe.
type Tx struct {
	tx      *sql.Tx
	path    string
	digests *interner[digest.ID]
	names   *interner[string]
	removed map[pack.Kind][]int64 // digests.n of records of removed packs
}

// Update runs fn in a transaction and commits it when fn returns nil, else it is
// rolled back and fn's error returned. Only one runs at a time, in all processes
// that have the catalog open: it waits for another process for 5 seconds, and for
// this one without end, so fn must not call Update. Readers see all of it or
// nothing.
func (c *Catalog) Update(fn func(*Tx) error) error {
	sqlTx, err := c.w.Begin()
	if err != nil {
		return failed(c.path, "begin", err)
	}
	defer sqlTx.Rollback()
	tx := &Tx{
		tx:      sqlTx,
		path:    c.path,
		digests: newDigests(sqlTx),
		names:   newNames(sqlTx),
		removed: map[pack.Kind][]int64{},
	}
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.prune(); err != nil {
		return failed(c.path, "remove what no pack describes", err)
	}
	return failed(c.path, "commit", sqlTx.Commit())
}

// described are the tables of what a record says, by the record's kind.
var described = []struct {
	kind  pack.Kind
	table string
}{
	{pack.Blob, "blobs"},
	{pack.Manifest, "files"},
	{pack.Tree, "trees"},
	{pack.Commit, "commits"},
}

// prune deletes the blobs, files, trees and commits whose last record went with
// a removed pack, and sketches with the files. It runs at the end, so that a pack may be removed before the
// one that replaces it is added.
func (tx *Tx) prune() error {
	for _, d := range described {
		for _, n := range tx.removed[d.kind] {
			_, err := tx.tx.Exec(`DELETE FROM `+d.table+` WHERE n = ?1
				AND NOT EXISTS (SELECT 1 FROM records WHERE n = ?1 AND kind = ?2)`, n, int64(d.kind))
			if err != nil {
				return err
			}
		}
	}
	if len(tx.removed[pack.Manifest]) == 0 {
		return nil
	}
	return tx.pruneSketches()
}
