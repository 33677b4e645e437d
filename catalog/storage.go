package catalog

import (
	"database/sql"

	"dits/tensorstore/digest"
)

// A Storage says how the bytes of one tensor are stored, by the records that readers take.
type Storage struct {
	Prediction digest.ID // that the chunks of most bytes name; zero: none
	Stored     int64     // payload bytes of all chunks
	most       int64     // decoded bytes of those with the prediction
}

// Storage returns how each tensor of a file is stored, by its index in the header; one
// without bytes is the zero value. [ErrNotFound] if the file is not known.
func (c *Catalog) Storage(file digest.ID) ([]Storage, error) {
	var out []Storage
	err := c.view("storage of file "+file.Short(), func(tx *sql.Tx) error {
		if err := knowFiles(tx, []digest.ID{file}); err != nil {
			return err
		}
		var n, count int64
		err := tx.QueryRow(`SELECT d.n, (SELECT count(*) FROM file_tensors t WHERE t.file = d.n)
			FROM digests d WHERE d.id = ?`, file[:]).Scan(&n, &count)
		if err != nil {
			return err
		}
		out = make([]Storage, count)
		rows, err := tx.Query(`SELECT need.tensor, p.id, sum(r.raw_len), sum(r.len)
			FROM (SELECT s.tensor, coalesce(c.chunk, s.blob) AS n, 1 AS kind
				FROM segments s LEFT JOIN blob_chunks c ON c.blob = s.blob
				WHERE s.file = ? AND s.tensor IS NOT NULL) need
			CROSS JOIN records r ON r.n = need.n AND r.kind = need.kind AND (r.pack, r.ord) = `+bestRecord+`
			LEFT JOIN digests p ON p.n = r.prediction GROUP BY need.tensor, r.prediction`, n)
		if err != nil {
			return err
		}
		return each(rows, func() error { return addStorage(rows, out) })
	})
	return out, err
}

// addStorage adds a row: what of one tensor names one prediction.
func addStorage(rows *sql.Rows, out []Storage) error {
	var tensor int
	var prediction digest.ID
	var raw, stored int64
	if err := rows.Scan(&tensor, (*idColumn)(&prediction), &raw, &stored); err != nil {
		return err
	}
	s := &out[tensor]
	s.Stored += stored
	if raw > s.most {
		s.Prediction, s.most = prediction, raw
	}
	return nil
}
