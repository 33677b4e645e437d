package catalog

import (
	"database/sql"
	"strings"

	"dits/tensorstore/digest"
)

// Added is what a file adds to those before it in a list: chunks that are kept alike, or all that is no chunk.
type Added struct {
	At         int       // index of the file
	Chunks     bool      // else manifests, chunk lists and predictions
	Encoding   uint8     // of chunks
	Prediction digest.ID // of chunks; zero: none
	RawLen     int64     // bytes of the chunks
	Len        int64     // payload in packs, as [Catalog.StoredBytes] counts it
}

// Added returns what each of some files adds to those before it. Lens sum up to what [Catalog.StoredBytes] gives for all
// of them. A file that is not known is [ErrNotFound].
func (c *Catalog) Added(files []digest.ID) ([]Added, error) {
	query := strings.ReplaceAll(`WITH
	file (n, at) AS MATERIALIZED (SELECT d.n, min(w.key) FROM json_each(?1) w
		CROSS JOIN digests d ON d.id = unhex(w.value) CROSS JOIN files f ON f.n = d.n GROUP BY d.n),
	blob (n, at) AS MATERIALIZED (
		SELECT s.blob, min(f.at) FROM file f CROSS JOIN segments s ON s.file = f.n GROUP BY s.blob),
	chunk (n, at) AS MATERIALIZED (
		SELECT coalesce(c.chunk, b.n), min(b.at) FROM blob b LEFT JOIN blob_chunks c ON c.blob = b.n GROUP BY 1),
	kept (at, prediction, encoding, raw_len, len) AS MATERIALIZED (
		SELECT need.at, r.prediction, r.encoding, r.raw_len, r.len FROM (SELECT n, at, 1 AS kind FROM chunk) need BEST),
	rest (n, at, kind) AS (
		SELECT n, at, 2 FROM blob UNION ALL SELECT n, at, 3 FROM file UNION ALL
		SELECT prediction, min(at), 6 FROM kept WHERE prediction IS NOT NULL GROUP BY prediction)
	SELECT k.at, 1, k.encoding, (SELECT id FROM digests d WHERE d.n = k.prediction), sum(k.raw_len), sum(k.len)
		FROM kept k GROUP BY k.at, k.prediction, k.encoding
	UNION ALL SELECT need.at, 0, 0, NULL, 0, sum(r.len) FROM rest need BEST GROUP BY need.at
	ORDER BY 1`, "BEST", "CROSS JOIN records r ON r.n = need.n AND r.kind = need.kind AND (r.pack, r.ord) = "+bestRecord)
	var all []Added
	err := c.view("what files add", func(tx *sql.Tx) error {
		if err := knowFiles(tx, files); err != nil {
			return err
		}
		rows, err := tx.Query(query, idList(files))
		if err != nil {
			return err
		}
		return each(rows, func() error {
			var a Added
			err := rows.Scan(&a.At, &a.Chunks, &a.Encoding, (*idColumn)(&a.Prediction), &a.RawLen, &a.Len)
			all = append(all, a)
			return err
		})
	})
	return all, err
}
