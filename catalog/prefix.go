package catalog

import (
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// Prefix returns the first IDs, in order, that start with some hexadecimal
// digits, however many, and have a record of a kind; at most limit of them, or
// all if limit is not positive.
func (c *Catalog) Prefix(kind pack.Kind, hexPrefix string, limit int) ([]digest.ID, error) {
	low, err := padded(hexPrefix, "0")
	if err != nil {
		return nil, err
	}
	high, err := padded(hexPrefix, "f")
	if err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = -1 // SQLite: no limit
	}
	var ids []digest.ID
	err = c.view("prefix "+hexPrefix, func(tx *sql.Tx) error {
		rows, err := tx.Query(`SELECT d.id FROM digests d WHERE d.id BETWEEN ? AND ?
			AND EXISTS (SELECT 1 FROM records r WHERE r.n = d.n AND r.kind = ?)
			ORDER BY d.id LIMIT ?`, low[:], high[:], int64(kind), limit)
		if err != nil {
			return err
		}
		ids, err = scanIDs(rows)
		return err
	})
	return ids, err
}

// padded is the ID that starts with the digits and goes on with pad.
func padded(digits, pad string) (digest.ID, error) {
	var id digest.ID
	if len(digits) > 2*digest.Size {
		return id, fmt.Errorf("prefix %q: %d characters, want at most %d", digits, len(digits), 2*digest.Size)
	}
	full := digits + strings.Repeat(pad, 2*digest.Size-len(digits))
	if _, err := hex.Decode(id[:], []byte(full)); err != nil {
		return id, fmt.Errorf("prefix %q: %w", digits, err)
	}
	return id, nil
}
