package catalog

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// Packs lists the packs that the catalog knows, by name.
func (c *Catalog) Packs() ([]Pack, error) {
	var packs []Pack
	err := c.view("packs", func(tx *sql.Tx) error {
		rows, err := tx.Query("SELECT name, size FROM packs ORDER BY name")
		if err != nil {
			return err
		}
		return each(rows, func() error {
			var p Pack
			err := rows.Scan(&p.Name, &p.Size)
			packs = append(packs, p)
			return err
		})
	})
	return packs, err
}

// each calls fn for each row and closes rows.
func each(rows *sql.Rows, fn func() error) error {
	defer rows.Close()
	for rows.Next() {
		if err := fn(); err != nil {
			return err
		}
	}
	return rows.Err()
}

var insertRecord = insertInto("records",
	"n, kind, pack, ord, encoding, off, len, raw_len, prediction, first, depth, sum")

// AddPack adds a pack with the entries of its index, in their order. A pack that
// is known already is left as it is: packs do not change under their name.
func (tx *Tx) AddPack(p Pack, entries []pack.Entry) error {
	var size int64
	err := tx.tx.QueryRow("SELECT size FROM packs WHERE name = ?", p.Name).Scan(&size)
	switch {
	case err == nil && size == p.Size:
		return nil
	case err == nil:
		return fmt.Errorf("catalog %s: pack %s: %d bytes, want the %d it had", tx.path, p.Name, p.Size, size)
	case !errors.Is(err, sql.ErrNoRows):
		return failed(tx.path, "pack "+p.Name, err)
	}
	result, err := tx.tx.Exec("INSERT INTO packs (name, size) VALUES (?, ?)", p.Name, p.Size)
	if err != nil {
		return failed(tx.path, "pack "+p.Name, err)
	}
	number, err := result.LastInsertId()
	for done := 0; err == nil && done < len(entries); done += recordBlock {
		err = tx.addRecords(number, done, entries[done:min(done+recordBlock, len(entries))])
	}
	return failed(tx.path, "pack "+p.Name, err)
}

// recordBlock is how many entries are sorted at once: a few MB.
const recordBlock = 1 << 15

// addRecords adds a block of entries; ord is the place of the first one in its
// pack. New digests get their numbers in their own order, and rows are inserted in that of the
// numbers, so that neighbours share pages, each page is changed once a block, and it is full.
func (tx *Tx) addRecords(packNumber int64, ord int, entries []pack.Entry) error {
	ids := make([]digest.ID, 0, 2*len(entries))
	for _, e := range entries {
		ids = append(ids, e.ID)
		if !e.Prediction.IsZero() {
			ids = append(ids, e.Prediction)
		}
	}
	number, err := tx.digests.numbers(sorted(ids))
	if err != nil {
		return err
	}
	order := make([]int, len(entries))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(number[entries[a].ID], number[entries[b].ID]) })
	args := make([]any, 0, batch*insertRecord.columns)
	for part := range slices.Chunk(order, batch) {
		args = args[:0]
		for _, i := range part {
			e := &entries[i]
			var prediction any
			if !e.Prediction.IsZero() {
				prediction = number[e.Prediction]
			}
			args = append(args, number[e.ID], int64(e.Kind), packNumber, int64(ord+i), int64(e.Encoding),
				e.Off, e.Len, e.RawLen, prediction, e.First, int64(e.Depth), int64(e.Sum))
		}
		if err := insertRecord.run(tx.tx, args); err != nil {
			return err
		}
	}
	return nil
}

// RemovePack forgets a pack and its records; a pack that is not known is no
// error. Blobs, files, trees and commits go with the last record that describes
// them, when the transaction ends.
func (tx *Tx) RemovePack(name string) error {
	rows, err := tx.tx.Query(`SELECT DISTINCT r.n, r.kind FROM packs p CROSS JOIN records r ON r.pack = p.p
		WHERE p.name = ? AND r.kind <> ?`, name, int64(pack.Chunk))
	if err != nil {
		return failed(tx.path, "pack "+name, err)
	}
	err = each(rows, func() error {
		var n int64
		var kind pack.Kind
		err := rows.Scan(&n, &kind)
		tx.removed[kind] = append(tx.removed[kind], n)
		return err
	})
	if err == nil {
		_, err = tx.tx.Exec("DELETE FROM packs WHERE name = ?", name)
	}
	return failed(tx.path, "pack "+name, err)
}
