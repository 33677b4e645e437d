package catalog

import (
	"database/sql"

	"dits/formats"
	"dits/tensorstore/digest"
)

// A Holder is a tensor of a file.
type Holder struct {
	File   digest.ID
	Format string
	Tensor formats.Tensor
}

// Holders returns, for each of the blobs that a file has as a tensor, one such tensor: of
// the file that became known last, and of several in that the first.
func (c *Catalog) Holders(blobs []digest.ID) (map[digest.ID]Holder, error) {
	const query = `SELECT d.id, fd.id, f.format, names.name, t.dtype, t.shape, t.off, t.len
		FROM digests d
		JOIN segments s ON s.blob = d.n AND s.file = (SELECT max(o.file) FROM segments o WHERE o.blob = d.n AND o.tensor IS NOT NULL)
		JOIN files f ON f.n = s.file JOIN digests fd ON fd.n = f.n
		JOIN file_tensors t ON t.file = s.file AND t.seq = s.tensor JOIN names ON names.n = t.name
		WHERE d.id IN `
	found := make(map[digest.ID]Holder, len(blobs))
	err := c.view("tensors of blobs", func(tx *sql.Tx) error {
		return queryIDs(tx, query, blobs, func(rows *sql.Rows) error {
			var blob digest.ID
			var h Holder
			t := &h.Tensor
			err := rows.Scan((*idColumn)(&blob), (*idColumn)(&h.File), &h.Format, &t.Name, &t.DType, (*shapeColumn)(&t.Shape), &t.Off, &t.Len)
			if have, twice := found[blob]; !twice || t.Off < have.Tensor.Off {
				found[blob] = h
			}
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}
