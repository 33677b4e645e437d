package catalog

import (
	"cmp"
	"database/sql"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// An Arrival is where the first record of a content is: in the how manyth pack that the catalog met, and the how
// manyth record of that. It tells what was written before what, as long as nothing was repacked.
type Arrival struct{ Pack, Record int64 }

// Compare is negative if a came before b.
func (a Arrival) Compare(b Arrival) int {
	return cmp.Or(cmp.Compare(a.Pack, b.Pack), cmp.Compare(a.Record, b.Record))
}

// Arrivals returns when contents of a kind came. The map has no entry for an ID without records.
func (c *Catalog) Arrivals(kind pack.Kind, ids []digest.ID) (map[digest.ID]Arrival, error) {
	const query = `SELECT d.id, r.pack, r.ord
		FROM digests d CROSS JOIN records r ON r.n = d.n AND r.kind = ? WHERE d.id IN `
	found := make(map[digest.ID]Arrival, len(ids))
	err := c.view(kind.String()+" records", func(tx *sql.Tx) error {
		return queryIDs(tx, query, ids, func(rows *sql.Rows) error {
			var id digest.ID
			var a Arrival
			err := rows.Scan((*idColumn)(&id), &a.Pack, &a.Record)
			if first, known := found[id]; !known || a.Compare(first) < 0 {
				found[id] = a
			}
			return err
		}, int64(kind))
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}
