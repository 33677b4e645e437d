package catalog

import (
	"database/sql"
	"errors"
	"fmt"
	"math"

	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// Blob returns the chunk list of a blob: the list added last, or the chunk that
// has the blob's digest. It is [ErrNotFound] if there is neither. Whether the
// chunks of a list have records is not looked at; see [Catalog.HasBlobs].
func (c *Catalog) Blob(id digest.ID) (Blob, error) {
	b := Blob{ID: id}
	err := c.view("blob "+id.Short(), func(tx *sql.Tx) error {
		var n int64
		err := tx.QueryRow("SELECT b.n, b.len FROM digests d JOIN blobs b ON b.n = d.n WHERE d.id = ?", id[:]).
			Scan(&n, &b.Len)
		if errors.Is(err, sql.ErrNoRows) {
			return impliedList(tx, &b)
		}
		if err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT d.id, c.len FROM blob_chunks c JOIN digests d ON d.n = c.chunk
			WHERE c.blob = ? ORDER BY c.seq`, n)
		if err != nil {
			return err
		}
		return each(rows, func() error {
			var s Span
			err := rows.Scan((*idColumn)(&s.ID), &s.Len)
			b.Chunks = append(b.Chunks, s)
			return err
		})
	})
	if err != nil {
		return Blob{}, err
	}
	return b, nil
}

// impliedList makes b the blob of one chunk, if there is a chunk with its digest.
func impliedList(tx *sql.Tx, b *Blob) error {
	err := tx.QueryRow(`SELECT r.raw_len FROM digests d JOIN records r ON r.n = d.n AND r.kind = ?
		WHERE d.id = ? LIMIT 1`, int64(pack.Chunk), b.ID[:]).Scan(&b.Len)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	b.Chunks = []Span{{b.ID, b.Len}}
	return err
}

// HasBlobs says which of the blobs the store has whole: the chunk list is known
// and each of its chunks has a record. The map has no entry for the others. What
// the records need to be decoded is not looked at.
func (c *Catalog) HasBlobs(ids []digest.ID) (map[digest.ID]bool, error) {
	const query = `SELECT d.id FROM digests d LEFT JOIN blobs b ON b.n = d.n
		WHERE CASE WHEN b.n IS NULL
			THEN EXISTS (SELECT 1 FROM records r WHERE r.n = d.n AND r.kind = ?1)
			ELSE NOT EXISTS (SELECT 1 FROM blob_chunks c WHERE c.blob = b.n
				AND NOT EXISTS (SELECT 1 FROM records r WHERE r.n = c.chunk AND r.kind = ?1))
			END
		AND d.id IN `
	return c.which("blobs", query, ids, int64(pack.Chunk))
}

var insertSpan = insertInto("blob_chunks", "blob, seq, chunk, len")

// AddBlob adds the chunk list of a blob; it replaces one that is known already.
// The list of a blob of one chunk is not kept: the chunk's record implies it.
func (tx *Tx) AddBlob(b Blob) error {
	if err := b.check(); err != nil {
		return fmt.Errorf("catalog %s: %w", tx.path, err)
	}
	return failed(tx.path, "blob "+b.ID.Short(), tx.putBlob(b))
}

func (tx *Tx) putBlob(b Blob) error {
	n, err := tx.digests.number(b.ID)
	if err != nil {
		return err
	}
	if _, err := tx.tx.Exec("DELETE FROM blobs WHERE n = ?", n); err != nil {
		return err
	}
	if len(b.Chunks) == 1 && b.Chunks[0].ID == b.ID {
		return nil
	}
	if _, err := tx.tx.Exec("INSERT INTO blobs (n, len) VALUES (?, ?)", n, b.Len); err != nil {
		return err
	}
	ids := make([]digest.ID, len(b.Chunks))
	for i, s := range b.Chunks {
		ids[i] = s.ID
	}
	number, err := tx.digests.numbers(ids)
	if err != nil {
		return err
	}
	args := make([]any, 0, len(b.Chunks)*insertSpan.columns)
	for i, s := range b.Chunks {
		args = append(args, n, int64(i), number[s.ID], s.Len)
	}
	return insertSpan.run(tx.tx, args)
}

// check holds the list to its length, so that no reader has to.
func (b *Blob) check() error {
	var sum int64
	for i, s := range b.Chunks {
		if s.Len < 0 || s.Len > math.MaxInt64-sum {
			return fmt.Errorf("blob %s: chunk %d: length %d after %d bytes", b.ID.Short(), i, s.Len, sum)
		}
		sum += s.Len
	}
	if sum != b.Len {
		return fmt.Errorf("blob %s: chunks of %d bytes, want %d", b.ID.Short(), sum, b.Len)
	}
	return nil
}
