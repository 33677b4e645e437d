package catalog

import (
	"database/sql"

	"dits/tensorstore/digest"
)

// A Sketch is some elements of a tensor, by which others are told to be like it. The catalog
// does not know where in the tensor they are from.
type Sketch struct {
	Blob        digest.ID
	Rows, Width int64
	Hash        uint64 // similar tensors differ in few bits of it
	Samples     []byte
}

// A HashedBlob is what [Catalog.SketchHashes] returns of a sketch.
type HashedBlob struct {
	Blob digest.ID
	Hash uint64
}

// Sketches returns those of the blobs that have one. Some 10 µs for each.
func (c *Catalog) Sketches(blobs []digest.ID) (map[digest.ID]Sketch, error) {
	found := make(map[digest.ID]Sketch, len(blobs))
	err := c.view("sketches", func(tx *sql.Tx) error {
		return queryIDs(tx, `SELECT d.id, s.rows, s.width, s.hash, s.samples
			FROM digests d JOIN sketches s ON s.blob = d.n WHERE d.id IN `, blobs, func(rows *sql.Rows) error {
			var s Sketch
			var hash int64
			err := rows.Scan((*idColumn)(&s.Blob), &s.Rows, &s.Width, &hash, &s.Samples)
			s.Hash = uint64(hash)
			found[s.Blob] = s
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// SketchHashes returns the hashes of the sketches of one shape, of those that became known
// last; at most limit. Sketches without samples are left out. Some 2 µs for each.
func (c *Catalog) SketchHashes(rows, width int64, limit int) ([]HashedBlob, error) {
	var found []HashedBlob
	err := c.view("sketches of a shape", func(tx *sql.Tx) error {
		list, err := tx.Query(`SELECT d.id, s.hash FROM sketches s JOIN digests d ON d.n = s.blob
			WHERE s.rows = ? AND s.width = ? AND length(s.samples) > 0 ORDER BY s.blob DESC LIMIT ?`, rows, width, limit)
		if err != nil {
			return err
		}
		return each(list, func() error {
			var h HashedBlob
			var hash int64
			err := list.Scan((*idColumn)(&h.Blob), &hash)
			h.Hash = uint64(hash)
			found = append(found, h)
			return err
		})
	})
	return found, err
}

// Unsketched returns the files of which it is not known that all tensors have a sketch, the
// one that became known last first; at most limit.
func (c *Catalog) Unsketched(limit int) ([]digest.ID, error) {
	var ids []digest.ID
	err := c.view("files without sketches", func(tx *sql.Tx) error {
		rows, err := tx.Query(`SELECT d.id FROM files f JOIN digests d ON d.n = f.n
			WHERE f.sketched = 0 ORDER BY f.n DESC LIMIT ?`, limit)
		if err != nil {
			return err
		}
		ids, err = scanIDs(rows)
		return err
	})
	return ids, err
}

var insertSketch = insertInto("sketches", "blob, rows, width, hash, samples").orReplace()

// AddSketches adds sketches of blobs; it replaces those that are known already.
func (tx *Tx) AddSketches(sketches []Sketch) error {
	return failed(tx.path, "sketches", tx.putSketches(sketches))
}

func (tx *Tx) putSketches(sketches []Sketch) error {
	ids := make([]digest.ID, len(sketches))
	for i, s := range sketches {
		ids[i] = s.Blob
	}
	number, err := tx.digests.numbers(ids)
	if err != nil {
		return err
	}
	args := make([]any, 0, len(sketches)*insertSketch.columns)
	for _, s := range sketches {
		samples := s.Samples
		if samples == nil {
			samples = []byte{} // nil would be NULL
		}
		args = append(args, number[s.Blob], s.Rows, s.Width, int64(s.Hash), samples)
	}
	return insertSketch.run(tx.tx, args)
}

// MarkSketched notes whether each tensor of a file has its sketch.
func (tx *Tx) MarkSketched(file digest.ID) error {
	n, err := tx.digests.number(file)
	if err == nil {
		err = tx.markSketched(n)
	}
	return failed(tx.path, "file "+file.Short(), err)
}

func (tx *Tx) markSketched(file int64) error {
	_, err := tx.tx.Exec(`UPDATE files SET sketched = NOT EXISTS (SELECT 1 FROM segments s
		WHERE s.file = ?1 AND s.tensor IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sketches k WHERE k.blob = s.blob))
		WHERE n = ?1`, file)
	return err
}

// pruneSketches deletes the sketches of blobs that went with the last file that had them.
func (tx *Tx) pruneSketches() error {
	_, err := tx.tx.Exec("DELETE FROM sketches WHERE NOT EXISTS (SELECT 1 FROM segments WHERE segments.blob = sketches.blob)")
	return err
}
