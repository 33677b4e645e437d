package catalog

import (
	"context"
	"database/sql"
	"fmt"

	"dits/tensorstore/digest"
)

// A fill is a temporary table that views are made of. It is filled only when a question
// needs it, and after the tables that it is made from.
type fill struct {
	name  string
	makes string // the columns and keys
	uses  []string
	query string                                      // INSERT INTO it; "" if run does it
	run   func(context.Context, *sql.Conn, Ask) error // what SQL cannot say
}

// fills are in an order in which they can be filled. Kinds of records are the numbers of package pack: 1 a chunk, 2 a
// blob's list, 3 a manifest, 6 a prediction.
//
// need is what a file is put together from, best the records that are read. kept goes on from the predictions in need
// to what their sources need, until nothing is new; owner counts the files for which a record is kept.
var fills = []fill{
	{name: "ref", makes: "(name TEXT PRIMARY KEY, short TEXT, kind TEXT, n INTEGER, tree INTEGER)", run: fillRefs},
	{name: "encoding", makes: "(number INTEGER PRIMARY KEY, name TEXT)", run: fillEncodings},
	{name: "role", makes: "(name INTEGER PRIMARY KEY, layer INTEGER, module TEXT)", run: fillRoles},
	{name: "reached", makes: "(n INTEGER PRIMARY KEY)", uses: []string{"ref"},
		query: `WITH RECURSIVE r (n) AS (SELECT n FROM work.ref UNION
			SELECT p.parent FROM r CROSS JOIN main.commit_parents p ON p.child = r.n)
			SELECT n FROM r CROSS JOIN main.commits USING (n)`},
	{name: "placed", makes: "(tree INTEGER, path TEXT, mode INTEGER, id INTEGER, size INTEGER, PRIMARY KEY (tree, path)) WITHOUT ROWID; CREATE INDEX work.placed_id ON placed (id, tree)",
		uses: []string{"reached"}, run: fillPlaced},
	{name: "tensor", makes: `(file INTEGER, name INTEGER, blob INTEGER, dtype TEXT, shape TEXT, len INTEGER, PRIMARY KEY (file, name)) WITHOUT ROWID;
		CREATE INDEX work.tensor_blob ON tensor (blob, file)`,
		query: `SELECT t.file, t.name, s.blob, t.dtype, t.shape, t.len FROM main.segments s
			CROSS JOIN main.file_tensors t ON t.file = s.file AND t.seq = s.tensor
			UNION ALL SELECT t.file, t.name, NULL, t.dtype, t.shape, t.len FROM main.file_tensors t WHERE t.len = 0`},
	{name: "moved", makes: "(child INTEGER, seq INTEGER, path TEXT, before INTEGER, after INTEGER, PRIMARY KEY (child, seq, path)) WITHOUT ROWID",
		uses: []string{"placed"},
		query: `WITH pair (child, seq, tree, old) AS MATERIALIZED (
			SELECT c.n, coalesce(p.seq, 0), c.tree, pc.tree FROM work.reached r CROSS JOIN main.commits c ON c.n = r.n
			LEFT JOIN main.commit_parents p ON p.child = c.n LEFT JOIN main.commits pc ON pc.n = p.parent)
			SELECT pair.child, pair.seq, b.path, a.id, b.id FROM pair CROSS JOIN work.placed b ON b.tree = pair.tree
			LEFT JOIN work.placed a ON a.tree = pair.old AND a.path = b.path WHERE a.id IS NOT b.id OR a.mode <> b.mode
			UNION ALL SELECT pair.child, pair.seq, a.path, a.id, NULL FROM pair CROSS JOIN work.placed a ON a.tree = pair.old
			WHERE NOT EXISTS (SELECT 1 FROM work.placed b WHERE b.tree = pair.tree AND b.path = a.path)`},
	{name: "best", makes: "(kind INTEGER, n INTEGER, len INTEGER, raw_len INTEGER, encoding INTEGER, depth INTEGER, prediction INTEGER, PRIMARY KEY (kind, n)) WITHOUT ROWID",
		query: `SELECT r.kind, r.n, r.len, r.raw_len, r.encoding, r.depth, r.prediction
			FROM (SELECT DISTINCT kind, n FROM main.records) need CROSS JOIN main.records r
			ON r.n = need.n AND r.kind = need.kind AND (r.pack, r.ord) = ` + bestRecord},
	{name: "need", makes: "(file INTEGER, kind INTEGER, n INTEGER, len INTEGER, PRIMARY KEY (kind, n, file)) WITHOUT ROWID; CREATE INDEX work.need_file ON need (file)",
		uses: []string{"best"},
		query: `WITH b (file, n) AS MATERIALIZED (SELECT DISTINCT file, blob FROM main.segments),
			c (file, n) AS MATERIALIZED (SELECT DISTINCT b.file, coalesce(x.chunk, b.n) FROM b LEFT JOIN main.blob_chunks x ON x.blob = b.n)
			SELECT need.file, need.kind, need.n, best.len FROM (SELECT file, 1 AS kind, n FROM c UNION ALL SELECT file, 2, n FROM b
				UNION ALL SELECT n, 3, n FROM main.files UNION ALL
				SELECT DISTINCT c.file, 6, q.prediction FROM c CROSS JOIN work.best q ON q.kind = 1 AND q.n = c.n WHERE q.prediction IS NOT NULL) need
			CROSS JOIN work.best ON best.kind = need.kind AND best.n = need.n`},
	{name: "source", makes: "(prediction INTEGER, blob INTEGER, PRIMARY KEY (prediction, blob)) WITHOUT ROWID", uses: []string{"best"}, run: fillSources},
	{name: "kept", makes: "(file INTEGER, kind INTEGER, n INTEGER, len INTEGER, PRIMARY KEY (kind, n, file)) WITHOUT ROWID", uses: []string{"need", "source"},
		query: `WITH RECURSIVE
			used (prediction, n) AS MATERIALIZED (SELECT DISTINCT o.prediction, coalesce(x.chunk, o.blob)
				FROM work.source o LEFT JOIN main.blob_chunks x ON x.blob = o.blob),
			step (prediction, kind, n) AS MATERIALIZED (SELECT prediction, 1, n FROM used UNION ALL SELECT prediction, 2, blob FROM work.source UNION ALL
				SELECT DISTINCT used.prediction, 6, q.prediction FROM used CROSS JOIN work.best q ON q.kind = 1 AND q.n = used.n WHERE q.prediction IS NOT NULL),
			k (file, kind, n) AS (SELECT file, kind, n FROM work.need UNION
				SELECT k.file, step.kind, step.n FROM k JOIN step ON step.prediction = k.n WHERE k.kind = 6)
			SELECT k.file, k.kind, k.n, best.len FROM k CROSS JOIN work.best ON best.kind = k.kind AND best.n = k.n`},
	{name: "owner", makes: "(kind INTEGER, n INTEGER, files INTEGER, PRIMARY KEY (kind, n)) WITHOUT ROWID", uses: []string{"kept"},
		query: "SELECT kind, n, count(*) FROM work.kept GROUP BY kind, n"},
}

// fillNeeded fills the tables in wanted and those that they are made from.
func fillNeeded(ctx context.Context, conn *sql.Conn, a Ask, wanted map[string]bool) error {
	for i := len(fills) - 1; i >= 0; i-- {
		if wanted[fills[i].name] {
			for _, u := range fills[i].uses {
				wanted[u] = true
			}
		}
	}
	for _, f := range fills {
		if !wanted[f.name] {
			continue
		}
		var err error
		if f.run != nil {
			err = f.run(ctx, conn, a)
		} else {
			_, err = conn.ExecContext(ctx, "INSERT OR IGNORE INTO work."+f.name+" "+f.query)
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", f.name, err)
		}
	}
	return nil
}

func fillRefs(ctx context.Context, conn *sql.Conn, a Ask) error {
	for _, r := range a.Refs {
		done, err := conn.ExecContext(ctx, `INSERT INTO work.ref SELECT ?, ?, ?, c.n, c.tree
			FROM main.digests d JOIN main.commits c ON c.n = d.n WHERE d.id = ?`, r.Name, r.Short, r.Kind, r.Commit[:])
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("%s: commit %s: %w", r.Name, r.Commit.Short(), ErrNotFound)
		}
	}
	return nil
}

func fillEncodings(ctx context.Context, conn *sql.Conn, a Ask) error {
	for number, name := range a.Encodings {
		if _, err := conn.ExecContext(ctx, "INSERT INTO work.encoding VALUES (?, ?)", int64(number), name); err != nil {
			return err
		}
	}
	return nil
}

// fillRoles asks for the layer and the module of each name that tensors have.
func fillRoles(ctx context.Context, conn *sql.Conn, a Ask) error {
	rows, err := conn.QueryContext(ctx, "SELECT n, name FROM main.names")
	if err != nil {
		return err
	}
	named := map[int64]string{}
	err = each(rows, func() error {
		var n int64
		var name string
		err := rows.Scan(&n, &name)
		named[n] = name
		return err
	})
	for n, name := range named {
		if err != nil {
			return err
		}
		var number any
		layer, module := a.Role(name)
		if layer >= 0 {
			number = int64(layer)
		}
		_, err = conn.ExecContext(ctx, "INSERT INTO work.role VALUES (?, ?, ?)", n, number, module)
	}
	return err
}

// fillPlaced lists the files below the tree of each commit. 16384 is the mode of a folder, as in git.
func fillPlaced(ctx context.Context, conn *sql.Conn, _ Ask) error {
	if err := boundPlaced(ctx, conn); err != nil {
		return err
	}
	_, err := conn.ExecContext(ctx, `INSERT INTO work.placed
		WITH RECURSIVE w (tree, path, mode, id, size) AS (
			SELECT e.tree, e.name, e.mode, e.id, e.size
			FROM (SELECT DISTINCT c.tree FROM work.reached r CROSS JOIN main.commits c ON c.n = r.n) root
			CROSS JOIN main.tree_entries e ON e.tree = root.tree
			UNION ALL
			SELECT w.tree, w.path || '/' || e.name, e.mode, e.id, e.size
			FROM w CROSS JOIN main.tree_entries e ON e.tree = w.id WHERE w.mode = 16384)
		SELECT tree, path, mode, id, size FROM w WHERE mode <> 16384`)
	return err
}

// fillSources asks for the blobs that each prediction in use is made from.
func fillSources(ctx context.Context, conn *sql.Conn, a Ask) error {
	rows, err := conn.QueryContext(ctx, `SELECT DISTINCT b.prediction, d.id FROM work.best b JOIN main.digests d ON d.n = b.prediction`)
	if err != nil {
		return err
	}
	used := map[int64]digest.ID{}
	err = each(rows, func() error {
		var n int64
		var id digest.ID
		err := rows.Scan(&n, (*idColumn)(&id))
		used[n] = id
		return err
	})
	for n, id := range used {
		if err != nil {
			return err
		}
		var sources []digest.ID
		sources, err = a.Sources(id)
		for _, s := range sources {
			if err != nil {
				return err
			}
			_, err = conn.ExecContext(ctx, "INSERT OR IGNORE INTO work.source SELECT ?, n FROM main.digests WHERE id = ?", n, s[:])
		}
	}
	return err
}
