package catalog

import (
	"cmp"
	"database/sql"
	"slices"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

const recordColumns = `SELECT d.id, r.kind, r.pack, r.encoding, r.off, r.len, r.raw_len, p.id, r.first, r.depth, r.sum
	FROM `

const (
	recordsOfIDs = recordColumns + `digests d CROSS JOIN records r ON r.n = d.n AND r.kind = ?
		LEFT JOIN digests p ON p.n = r.prediction WHERE d.id IN `
	recordsOfKind = recordColumns + `records r CROSS JOIN digests d ON d.n = r.n
		LEFT JOIN digests p ON p.n = r.prediction WHERE r.kind = ?`
)

// Records returns all records of one kind and ID, the shallowest first, then the
// shortest; none is no error.
func (c *Catalog) Records(kind pack.Kind, id digest.ID) ([]Record, error) {
	found, err := c.RecordsOf(kind, []digest.ID{id})
	return found[id], err
}

// RecordsOf is [Catalog.Records] of many IDs. The map has no entry for an ID
// without records. Some 7 µs for each ID.
func (c *Catalog) RecordsOf(kind pack.Kind, ids []digest.ID) (map[digest.ID][]Record, error) {
	found := make(map[digest.ID][]Record, len(ids))
	err := c.view(kind.String()+" records", func(tx *sql.Tx) error {
		return queryIDs(tx, recordsOfIDs, ids, func(rows *sql.Rows) error {
			r, err := c.scanRecord(tx, rows)
			found[r.ID] = append(found[r.ID], r)
			return err
		}, int64(kind))
	})
	if err != nil {
		return nil, err
	}
	for _, records := range found {
		slices.SortFunc(records, compareRecords)
	}
	return found, nil
}

// compareRecords orders records of one content by what reading them costs. Sum,
// pack and offset only make the order the same in every catalog.
func compareRecords(a, b Record) int {
	return cmp.Or(
		cmp.Compare(a.Depth, b.Depth),
		cmp.Compare(a.Len, b.Len),
		cmp.Compare(int64(a.Sum), int64(b.Sum)), // as bestRecord compares
		cmp.Compare(a.Pack, b.Pack),
		cmp.Compare(a.Off, b.Off),
		cmp.Compare(a.Encoding, b.Encoding),
	)
}

// Has says which of the IDs have a record of a kind. The map has no entry for the
// others.
func (c *Catalog) Has(kind pack.Kind, ids []digest.ID) (map[digest.ID]bool, error) {
	const query = `SELECT d.id FROM digests d
		WHERE EXISTS (SELECT 1 FROM records r WHERE r.n = d.n AND r.kind = ?) AND d.id IN `
	return c.which("records", query, ids, int64(kind))
}

// which returns those of the IDs that a query returns.
func (c *Catalog) which(what, query string, ids []digest.ID, args ...any) (map[digest.ID]bool, error) {
	found := make(map[digest.ID]bool, len(ids))
	err := c.view(what, func(tx *sql.Tx) error {
		return queryIDs(tx, query, ids, func(rows *sql.Rows) error {
			var id digest.ID
			err := rows.Scan((*idColumn)(&id))
			found[id] = true
			return err
		}, args...)
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// Each calls fn for every record of a kind, in no particular order, and stops at
// fn's first error. All come from the state at the start; fn may use the catalog.
func (c *Catalog) Each(kind pack.Kind, fn func(Record) error) error {
	var stopped error
	err := c.view("records", func(tx *sql.Tx) error {
		rows, err := tx.Query(recordsOfKind, int64(kind))
		if err != nil {
			return err
		}
		return each(rows, func() error {
			r, err := c.scanRecord(tx, rows)
			if err == nil {
				stopped = fn(r)
				err = stopped
			}
			return err
		})
	})
	if stopped != nil {
		return stopped
	}
	return err
}

// scanRecord reads a row of recordColumns.
func (c *Catalog) scanRecord(tx *sql.Tx, rows *sql.Rows) (Record, error) {
	var r Record
	var packNumber, sum int64
	err := rows.Scan((*idColumn)(&r.ID), &r.Kind, &packNumber, &r.Encoding, &r.Off, &r.Len, &r.RawLen,
		(*idColumn)(&r.Prediction), &r.First, &r.Depth, &sum)
	if err != nil {
		return Record{}, err
	}
	r.Sum = uint64(sum)
	r.Pack, err = c.packName(tx, packNumber)
	return r, err
}

// packName is the name of the pack with a number, read once and then remembered.
func (c *Catalog) packName(tx *sql.Tx, number int64) (string, error) {
	if name, ok := c.packNames.Load(number); ok {
		return name.(string), nil
	}
	var name string
	err := tx.QueryRow("SELECT name FROM packs WHERE p = ?", number).Scan(&name)
	if err == nil {
		c.packNames.Store(number, name)
	}
	return name, err
}
