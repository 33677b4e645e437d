package catalog

import (
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"

	"dits/tensorstore/digest"
)

// bestRecord is the key of the record that is read for a content: the first in
// the order of compareRecords, as far as a single store can tell.
const bestRecord = `(SELECT pack, ord FROM records WHERE n = need.n AND kind = need.kind
	ORDER BY depth, len, sum, pack, ord LIMIT 1)`

// needsOf is the WITH clauses of what some files need. For a prefix p they define
//
//	p_file (n)             the files, as often as they are named in parameter number param
//	p_blob (n)             the blobs of all their segments
//	p_chunk (n)            the chunks of those
//	p_prediction (n)       what the best records of the chunks name
//	p_need (kind, n)       all of them, with the kind of their records
func needsOf(p string, param int) string {
	return needsWith(p, fmt.Sprintf(`SELECT d.n FROM json_each(?%d) w
		CROSS JOIN digests d ON d.id = unhex(w.value) CROSS JOIN files f ON f.n = d.n`, param))
}

// needsWith is needsOf with the files from a query.
func needsWith(p, files string) string {
	return strings.NewReplacer("$", p+"_", "FILES", files).Replace(`
	$file (n) AS MATERIALIZED (FILES),
	$blob (n) AS MATERIALIZED (
		SELECT DISTINCT s.blob FROM (SELECT DISTINCT n FROM $file) f CROSS JOIN segments s ON s.file = f.n),
	$chunk (n) AS MATERIALIZED (
		SELECT DISTINCT coalesce(c.chunk, b.n) FROM $blob b LEFT JOIN blob_chunks c ON c.blob = b.n),
	$prediction (n) AS MATERIALIZED (
		SELECT DISTINCT r.prediction FROM (SELECT n, 1 AS kind FROM $chunk) need
		CROSS JOIN records r ON r.n = need.n AND r.kind = 1 AND (r.pack, r.ord) = ` + bestRecord + `
		WHERE r.prediction IS NOT NULL),
	$need (kind, n) AS (
		SELECT 1, n FROM $chunk UNION ALL
		SELECT 2, n FROM $blob UNION ALL
		SELECT 3, n FROM (SELECT DISTINCT n FROM $file) UNION ALL
		SELECT 6, n FROM $prediction)`)
}

// idList is the parameter of needsOf.
func idList(ids []digest.ID) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		b.WriteString(hex.EncodeToString(id[:]))
		b.WriteByte('"')
	}
	b.WriteByte(']')
	return b.String()
}

// knowFiles is ErrNotFound with the first of the files that is not known.
func knowFiles(tx *sql.Tx, ids []digest.ID) error {
	known := make(map[digest.ID]bool, len(ids))
	err := queryIDs(tx, "SELECT d.id FROM digests d JOIN files f ON f.n = d.n WHERE d.id IN ", ids,
		func(rows *sql.Rows) error {
			var id digest.ID
			err := rows.Scan((*idColumn)(&id))
			known[id] = true
			return err
		})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if !known[id] {
			return fmt.Errorf("file %s: %w", id.Short(), ErrNotFound)
		}
	}
	return nil
}
