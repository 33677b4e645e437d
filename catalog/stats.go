package catalog

import (
	"database/sql"
	"slices"

	"dits/tensorstore/digest"
)

// StoredBytes is the payload in packs, in bytes, that files need and except do
// not: one record, the cheapest to read, for each manifest, chunk list and chunk,
// and for each prediction that a chunk's record names. What a prediction itself
// was made from is not counted. A file that is not known is [ErrNotFound].
func (c *Catalog) StoredBytes(files, except []digest.ID) (int64, error) {
	query := "WITH" + needsOf("a", 1) + "," + needsOf("b", 2) + `
		SELECT coalesce(sum(r.len), 0) FROM (SELECT kind, n FROM a_need EXCEPT SELECT kind, n FROM b_need) need
		CROSS JOIN records r ON r.n = need.n AND r.kind = need.kind AND (r.pack, r.ord) = ` + bestRecord
	var sum int64
	err := c.view("stored bytes", func(tx *sql.Tx) error {
		if err := knowFiles(tx, slices.Concat(files, except)); err != nil {
			return err
		}
		return tx.QueryRow(query, idList(files), idList(except)).Scan(&sum)
	})
	return sum, err
}

// Stats returns sums over files; nil means all that the catalog knows, once each.
// A file that is not known is [ErrNotFound].
func (c *Catalog) Stats(files []digest.ID) (Stats, error) {
	with, args := "WITH"+needsOf("a", 1), []any{idList(files)}
	if files == nil {
		with, args = "WITH"+needsWith("a", "SELECT n FROM files"), nil
	}
	s := Stats{ByEncoding: map[uint8]Usage{}}
	err := c.view("stats", func(tx *sql.Tx) error {
		if err := knowFiles(tx, files); err != nil {
			return err
		}
		err := tx.QueryRow(with+` SELECT
			(SELECT count(*) FROM a_file),
			(SELECT count(*) FROM a_file f CROSS JOIN file_tensors t ON t.file = f.n),
			(SELECT count(DISTINCT s.blob) FROM (SELECT DISTINCT n FROM a_file) f
				CROSS JOIN segments s ON s.file = f.n AND s.tensor IS NOT NULL),
			(SELECT count(*) FROM a_chunk),
			(SELECT coalesce(sum(size), 0) FROM a_file f CROSS JOIN files USING (n))`, args...).
			Scan(&s.Files, &s.Tensors, &s.UniqueTensors, &s.Chunks, &s.LogicalBytes)
		if err != nil {
			return err
		}
		rows, err := tx.Query(with+` SELECT r.encoding, count(*), sum(r.raw_len), sum(r.len)
			FROM (SELECT n, 1 AS kind FROM a_chunk) need
			CROSS JOIN records r ON r.n = need.n AND r.kind = 1 AND (r.pack, r.ord) = `+bestRecord+`
			GROUP BY r.encoding`, args...)
		if err != nil {
			return err
		}
		return each(rows, func() error {
			var encoding uint8
			var u Usage
			err := rows.Scan(&encoding, &u.Chunks, &u.LogicalBytes, &u.StoredBytes)
			s.ByEncoding[encoding] = u
			return err
		})
	})
	if err != nil {
		return Stats{}, err
	}
	return s, nil
}
