package catalog

import (
	"cmp"
	"database/sql"
	"slices"

	"dits/tensorstore/digest"
)

// A KeptChunk is a chunk of a blob, and how it is kept by the record that readers take.
type KeptChunk struct {
	Chunk      Number
	Len        int64 // decoded bytes
	Stored     int64 // payload bytes
	Encoding   uint8
	Prediction digest.ID // zero: none
	seq        int64
}

// Kept returns how the chunks of blobs are kept, in the order of each blob. The map has no entry for a blob that is not
// known, and a chunk without a record is left out. Some 8 µs for each chunk.
func (c *Catalog) Kept(blobs []digest.ID) (map[digest.ID][]KeptChunk, error) {
	const query = `SELECT need.id, need.seq, need.n, r.raw_len, r.len, r.encoding, p.id
		FROM (SELECT d.id, coalesce(c.seq, 0) AS seq, coalesce(c.chunk, d.n) AS n, 1 AS kind
			FROM digests d LEFT JOIN blob_chunks c ON c.blob = d.n) need
		CROSS JOIN records r ON r.n = need.n AND r.kind = need.kind AND (r.pack, r.ord) = ` + bestRecord + `
		LEFT JOIN digests p ON p.n = r.prediction WHERE need.id IN `
	found := make(map[digest.ID][]KeptChunk, len(blobs))
	err := c.view("chunks of blobs", func(tx *sql.Tx) error {
		return queryIDs(tx, query, blobs, func(rows *sql.Rows) error {
			var blob digest.ID
			var k KeptChunk
			err := rows.Scan((*idColumn)(&blob), &k.seq, &k.Chunk, &k.Len, &k.Stored, &k.Encoding, (*idColumn)(&k.Prediction))
			found[blob] = append(found[blob], k)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	for _, chunks := range found {
		slices.SortFunc(chunks, func(a, b KeptChunk) int { return cmp.Compare(a.seq, b.seq) })
	}
	return found, nil
}
