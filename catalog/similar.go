package catalog

import (
	"database/sql"
	"slices"

	"dits/tensorstore/digest"
)

// MaxSimilarNames is how many names [Catalog.Similar] takes.
const MaxSimilarNames = batch

// Similar returns the files that have the most of some tensor names, the one that became
// known last first among equals; at most limit. Only the first [MaxSimilarNames] count.
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

// KnownNames returns those of some tensor names that a file has or had, in their order. Some
// 3 µs for each.
func (c *Catalog) KnownNames(names []string) ([]string, error) {
	known := map[string]bool{}
	err := c.view("names", func(tx *sql.Tx) error {
		for part := range slices.Chunk(names, batch) {
			args := make([]any, batch) // NULL, which no name is, fills the batch up
			for i, n := range part {
				args[i] = n
			}
			rows, err := tx.Query("SELECT name FROM names WHERE name IN "+inBatch, args...)
			if err != nil {
				return err
			}
			err = each(rows, func() error {
				var name string
				err := rows.Scan(&name)
				known[name] = true
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !known[n] }), nil
}
