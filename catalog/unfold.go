package catalog

import (
	"context"
	"database/sql"
	"fmt"
)

// What may be below the folders of all commits: folders that name each other many times over would otherwise unfold
// without end.
const (
	maxPlaced      = 1 << 24 // files and folders
	maxPlacedBytes = 2 << 30 // of their paths
)

// An unfolding tells how much there is below trees before any of it is listed.
type unfolding struct {
	trees map[int64]*unfolded
}

// An unfolded is what is below one tree; no figure is more than its bound.
type unfolded struct {
	entries int64 // files and folders
	bytes   int64 // of their paths
	folders []placedFolder
	counted bool // what is below the folders, too
}

type placedFolder struct {
	tree int64
	name int64 // bytes
}

// boundPlaced makes sure that what is below the trees of all commits can be listed.
func boundPlaced(ctx context.Context, conn *sql.Conn) error {
	u := &unfolding{trees: map[int64]*unfolded{}}
	if err := u.read(ctx, conn); err != nil {
		return err
	}
	rows, err := conn.QueryContext(ctx, "SELECT DISTINCT c.tree FROM work.reached r CROSS JOIN main.commits c ON c.n = r.n")
	if err != nil {
		return err
	}
	all := &unfolded{}
	return each(rows, func() error {
		var root int64
		if err := rows.Scan(&root); err != nil {
			return err
		}
		t := u.count(root)
		if all.add(t.entries, t.bytes); all.entries == maxPlaced || all.bytes == maxPlacedBytes {
			return fmt.Errorf("files and folders in all commits: want fewer than %d, and paths of less than %d bytes in all",
				maxPlaced, maxPlacedBytes)
		}
		return nil
	})
}

// read notes each tree below the commits once, with its own entries.
func (u *unfolding) read(ctx context.Context, conn *sql.Conn) error {
	rows, err := conn.QueryContext(ctx, `WITH RECURSIVE t (n) AS (
			SELECT c.tree FROM work.reached r CROSS JOIN main.commits c ON c.n = r.n UNION
			SELECT e.id FROM t CROSS JOIN main.tree_entries e ON e.tree = t.n WHERE e.mode = 16384)
		SELECT e.tree, CASE e.mode WHEN 16384 THEN e.id END, count(*), sum(length(CAST(e.name AS BLOB)))
		FROM t CROSS JOIN main.tree_entries e ON e.tree = t.n
		GROUP BY e.tree, CASE e.mode WHEN 16384 THEN e.seq END`)
	if err != nil {
		return err
	}
	return each(rows, func() error {
		var n, entries, bytes int64
		var folder sql.NullInt64
		if err := rows.Scan(&n, &folder, &entries, &bytes); err != nil {
			return err
		}
		t := u.trees[n]
		if t == nil {
			t = &unfolded{}
			u.trees[n] = t
		}
		t.add(entries, bytes)
		if folder.Valid {
			t.folders = append(t.folders, placedFolder{folder.Int64, bytes})
		}
		return nil
	})
}

// count is what is below a tree. One that is below itself, as a catalog may say that is damaged, has no end.
func (u *unfolding) count(n int64) *unfolded {
	t := u.trees[n]
	if t == nil {
		return &unfolded{} // none, or one without entries
	}
	if t.counted {
		return t
	}
	t.counted = true
	own := *t
	t.entries, t.bytes = maxPlaced, maxPlacedBytes
	for _, f := range own.folders {
		sub := u.count(f.tree)
		own.add(sub.entries, sub.bytes+sub.entries*(f.name+1))
	}
	t.entries, t.bytes, t.folders = own.entries, own.bytes, nil
	return t
}

// add counts more, up to the bounds.
func (t *unfolded) add(entries, bytes int64) {
	t.entries, t.bytes = min(t.entries+entries, maxPlaced), min(t.bytes+bytes, maxPlacedBytes)
}
