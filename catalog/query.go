package catalog

import (
	"bytes"
	"database/sql"
	"slices"

	"dits/tensorstore/digest"
)

// queryIDs runs a query, which ends with "IN ", for all IDs, a batch at a time,
// and calls scan for each row. args come before the IDs. It asks for each ID once
// and in order, so that the index is walked and not searched.
func queryIDs(tx *sql.Tx, query string, ids []digest.ID, scan func(*sql.Rows) error, args ...any) error {
	ids = sorted(ids)
	for len(ids) > 0 {
		part := ids[:min(batch, len(ids))]
		ids = ids[len(part):]
		size := batch
		if len(part) == 1 {
			size = 1
		}
		bound := append(make([]any, 0, len(args)+size), args...)
		for i := range size {
			bound = append(bound, part[min(i, len(part)-1)][:]) // the last one fills the batch up
		}
		rows, err := tx.Query(query+inList(size), bound...)
		if err != nil {
			return err
		}
		if err := each(rows, func() error { return scan(rows) }); err != nil {
			return err
		}
	}
	return nil
}

var inBatch = "(" + marks(batch) + ")"

// inList is a list of n question marks, n being 1 or batch: two texts for each
// query, so that it stays prepared.
func inList(n int) string {
	if n == 1 {
		return "(?)"
	}
	return inBatch
}

// sorted is the distinct IDs in order.
func sorted(ids []digest.ID) []digest.ID {
	if len(ids) < 2 {
		return ids
	}
	ids = slices.Clone(ids)
	slices.SortFunc(ids, compareIDs)
	return slices.Compact(ids)
}

func compareIDs(a, b digest.ID) int { return bytes.Compare(a[:], b[:]) }

// scanIDs reads rows of one digest each, and closes them.
func scanIDs(rows *sql.Rows) ([]digest.ID, error) {
	var ids []digest.ID
	err := each(rows, func() error {
		var id digest.ID
		err := rows.Scan((*idColumn)(&id))
		ids = append(ids, id)
		return err
	})
	return ids, err
}
