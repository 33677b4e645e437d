package catalog

import (
	"database/sql"

	"dits/tensorstore/digest"
)

// Having returns the blobs that have a chunk. It looks through all lists of chunks.
func (c *Catalog) Having(chunk Number) ([]digest.ID, error) {
	var ids []digest.ID
	err := c.view("blobs with a chunk", func(tx *sql.Tx) error {
		rows, err := tx.Query(`SELECT id FROM digests WHERE n IN (SELECT blob FROM blob_chunks WHERE chunk = ?1 UNION SELECT ?1)`,
			int64(chunk))
		if err == nil {
			ids, err = scanIDs(rows)
		}
		return err
	})
	return ids, err
}
