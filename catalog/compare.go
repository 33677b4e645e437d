package catalog

import (
	"database/sql"
	"fmt"

	"github.com/cespare/xxhash/v2"
)

// contents are what the tables hold, by names and not by numbers, which differ from catalog to
// catalog. Of a blob or file with several records that is known which was adopted last, so that
// they are left out. Sketches are left out: they say how to search, and answer nothing.
var contents = []struct{ what, query string }{
	{"packs", "SELECT name, size FROM packs"},
	{"records", `SELECT d.id, r.kind, p.name, r.ord, r.encoding, r.off, r.len, r.raw_len, e.id, r.first, r.depth, r.sum
		FROM records r LEFT JOIN digests d ON d.n = r.n LEFT JOIN packs p ON p.p = r.pack
		LEFT JOIN digests e ON e.n = r.prediction`},
	{"chunk lists", `SELECT d.id, b.len, c.seq, e.id, c.len FROM blobs b LEFT JOIN digests d ON d.n = b.n
		LEFT JOIN blob_chunks c ON c.blob = b.n LEFT JOIN digests e ON e.n = c.chunk WHERE ` + once("b.n", 2)},
	{"files", `SELECT d.id, f.sha256, f.format, f.size, f.warning FROM files f LEFT JOIN digests d ON d.n = f.n
		WHERE ` + once("f.n", 3)},
	{"segments", `SELECT d.id, s.seq, s.kind, s.off, s.len, s.tensor, e.id FROM segments s
		LEFT JOIN digests d ON d.n = s.file LEFT JOIN digests e ON e.n = s.blob WHERE ` + once("s.file", 3)},
	{"tensors", `SELECT d.id, t.seq, n.name, t.dtype, t.shape, t.off, t.len FROM file_tensors t
		LEFT JOIN digests d ON d.n = t.file LEFT JOIN names n ON n.n = t.name WHERE ` + once("t.file", 3)},
	{"trees", `SELECT d.id, e.seq, e.name, e.mode, i.id, e.size FROM trees t LEFT JOIN digests d ON d.n = t.n
		LEFT JOIN tree_entries e ON e.tree = t.n LEFT JOIN digests i ON i.n = e.id`},
	{"commits", `SELECT d.id, t.id, c.author, c.sec, c.nsec, c.zone, c.message FROM commits c
		LEFT JOIN digests d ON d.n = c.n LEFT JOIN digests t ON t.n = c.tree`},
	{"parents of commits", `SELECT d.id, p.seq, e.id FROM commit_parents p LEFT JOIN digests d ON d.n = p.child
		LEFT JOIN digests e ON e.n = p.parent`},
}

// once is the condition that a content has one record of a kind.
func once(n string, kind int) string {
	return fmt.Sprintf("(SELECT count(*) FROM records one WHERE one.n = %s AND one.kind = %d) <= 1", n, kind)
}

// Differences names the tables, as people call them, whose contents are not those of another catalog of the
// same packs. It reads both.
func (c *Catalog) Differences(other *Catalog) (what []string, err error) {
	for _, t := range contents {
		a, err := c.fingerprint(t.query)
		if err != nil {
			return nil, err
		}
		b, err := other.fingerprint(t.query)
		if err != nil {
			return nil, err
		}
		if a != b {
			what = append(what, t.what)
		}
	}
	return what, nil
}

// A fingerprint is that of rows in any order.
type fingerprint struct {
	rows int
	sum  uint64 // of their hashes
}

func (c *Catalog) fingerprint(query string) (f fingerprint, err error) {
	err = c.view("contents", func(tx *sql.Tx) error {
		rows, err := tx.Query(query)
		if err != nil {
			return err
		}
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		var row []byte
		return each(rows, func() error {
			if err := rows.Scan(into...); err != nil {
				return err
			}
			row = row[:0]
			for _, v := range values {
				row = fmt.Appendf(row, "%T %q\n", v, fmt.Sprint(v))
			}
			f.rows++
			f.sum += xxhash.Sum64(row)
			return nil
		})
	})
	return f, err
}
