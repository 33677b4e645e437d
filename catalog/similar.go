package catalog

import (
	"database/sql"

	"dits/tensorstore/digest"
)

// Similar returns the files that have the most of some tensor names, the one that became
// known last first among equals; at most limit. Only the first 200 names count.
func (c *Catalog) Similar(names []string, limit int) ([]digest.ID, error) {
	names = names[:min(len(names), batch)]
	args := make([]any, 0, batch+1)
	for _, n := range names {
		args = append(args, n)
	}
	if len(names) == 0 {
		return nil, nil
	}
	var ids []digest.ID
	err := c.view("similar files", func(tx *sql.Tx) error {
		rows, err := tx.Query(`SELECT d.id FROM names
			JOIN file_tensors t ON t.name = names.n JOIN digests d ON d.n = t.file
			WHERE names.name IN (`+marks(len(names))+`)
			GROUP BY t.file ORDER BY count(*) DESC, t.file DESC LIMIT ?`, append(args, limit)...)
		if err != nil {
			return err
		}
		ids, err = scanIDs(rows)
		return err
	})
	return ids, err
}
