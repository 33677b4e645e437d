package catalog

import (
	"database/sql"
	"errors"
	"time"

	"dits/tensorstore/digest"
)

// Commit returns a commit, or [ErrNotFound].
func (c *Catalog) Commit(id digest.ID) (Commit, error) {
	commit := Commit{ID: id}
	err := c.view("commit "+id.Short(), func(tx *sql.Tx) error {
		var n, sec, nsec int64
		var zone int
		err := tx.QueryRow(`SELECT c.n, t.id, c.author, c.sec, c.nsec, c.zone, c.message
			FROM digests d JOIN commits c ON c.n = d.n JOIN digests t ON t.n = c.tree WHERE d.id = ?`, id[:]).
			Scan(&n, (*idColumn)(&commit.Tree), &commit.Author, &sec, &nsec, &zone, &commit.Message)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		commit.Time = time.Unix(sec, nsec).In(zoneAt(zone))
		rows, err := tx.Query(`SELECT d.id FROM commit_parents p JOIN digests d ON d.n = p.parent
			WHERE p.child = ? ORDER BY p.seq`, n)
		if err != nil {
			return err
		}
		return each(rows, func() error {
			var parent digest.ID
			err := rows.Scan((*idColumn)(&parent))
			commit.Parents = append(commit.Parents, parent)
			return err
		})
	})
	if err != nil {
		return Commit{}, err
	}
	return commit, nil
}

// zoneAt is the zone without a name that is so many seconds east of UTC.
func zoneAt(east int) *time.Location {
	if east == 0 {
		return time.UTC
	}
	return time.FixedZone("", east)
}

// Ancestors are a commit and those before it, the nearest first: at most so many, and none if it is not known.
func (c *Catalog) Ancestors(id digest.ID, most int) (ids []digest.ID, err error) {
	err = c.view("ancestors of "+id.Short(), func(tx *sql.Tx) error {
		rows, err := tx.Query(`WITH RECURSIVE a(n) AS (SELECT n FROM digests WHERE id = ?
			UNION SELECT p.parent FROM a CROSS JOIN commit_parents p ON p.child = a.n LIMIT ?)
			SELECT d.id FROM a CROSS JOIN digests d ON d.n = a.n`, id[:], most)
		if err != nil {
			return err
		}
		return each(rows, func() error {
			var before digest.ID
			err := rows.Scan((*idColumn)(&before))
			ids = append(ids, before)
			return err
		})
	})
	return ids, err
}

var insertParent = insertInto("commit_parents", "child, seq, parent")

// AddCommit adds a commit. One that is known already is replaced.
func (tx *Tx) AddCommit(c Commit) error {
	return failed(tx.path, "commit "+c.ID.Short(), tx.putCommit(c))
}

func (tx *Tx) putCommit(c Commit) error {
	number, err := tx.digests.numbers(append([]digest.ID{c.ID, c.Tree}, c.Parents...))
	if err != nil {
		return err
	}
	n := number[c.ID]
	if _, err := tx.tx.Exec("DELETE FROM commits WHERE n = ?", n); err != nil {
		return err
	}
	_, zone := c.Time.Zone()
	_, err = tx.tx.Exec(`INSERT INTO commits (n, tree, author, sec, nsec, zone, message)
		VALUES (?, ?, ?, ?, ?, ?, ?)`,
		n, number[c.Tree], c.Author, c.Time.Unix(), int64(c.Time.Nanosecond()), int64(zone), c.Message)
	if err != nil {
		return err
	}
	args := make([]any, 0, len(c.Parents)*insertParent.columns)
	for i, p := range c.Parents {
		args = append(args, n, int64(i), number[p])
	}
	return insertParent.run(tx.tx, args)
}
