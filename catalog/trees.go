package catalog

import (
	"database/sql"
	"errors"

	"dits/tensorstore/digest"
)

// Tree returns a tree, or [ErrNotFound].
func (c *Catalog) Tree(id digest.ID) (Tree, error) {
	t := Tree{ID: id}
	err := c.view("tree "+id.Short(), func(tx *sql.Tx) error {
		var n int64
		err := tx.QueryRow("SELECT t.n FROM digests d JOIN trees t ON t.n = d.n WHERE d.id = ?", id[:]).Scan(&n)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT e.name, e.mode, d.id, e.size
			FROM tree_entries e JOIN digests d ON d.n = e.id WHERE e.tree = ? ORDER BY e.seq`, n)
		if err != nil {
			return err
		}
		return each(rows, func() error {
			var e TreeEntry
			err := rows.Scan(&e.Name, &e.Mode, (*idColumn)(&e.ID), &e.Size)
			t.Entries = append(t.Entries, e)
			return err
		})
	})
	if err != nil {
		return Tree{}, err
	}
	return t, nil
}

var insertTreeEntry = insertInto("tree_entries", "tree, seq, name, mode, id, size")

// AddTree adds a tree. One that is known already is replaced.
func (tx *Tx) AddTree(t Tree) error {
	return failed(tx.path, "tree "+t.ID.Short(), tx.putTree(t))
}

func (tx *Tx) putTree(t Tree) error {
	n, err := tx.digests.number(t.ID)
	if err != nil {
		return err
	}
	if _, err := tx.tx.Exec("DELETE FROM trees WHERE n = ?", n); err != nil {
		return err
	}
	if _, err := tx.tx.Exec("INSERT INTO trees (n) VALUES (?)", n); err != nil {
		return err
	}
	ids := make([]digest.ID, len(t.Entries))
	for i, e := range t.Entries {
		ids[i] = e.ID
	}
	number, err := tx.digests.numbers(ids)
	if err != nil {
		return err
	}
	args := make([]any, 0, len(ids)*insertTreeEntry.columns)
	for i, e := range t.Entries {
		args = append(args, n, int64(i), e.Name, int64(e.Mode), number[e.ID], e.Size)
	}
	return insertTreeEntry.run(tx.tx, args)
}
