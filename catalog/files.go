package catalog

import (
	"database/sql"
	"errors"
	"fmt"

	"dits/formats"
	"dits/tensorstore/digest"
)

// File returns what the manifest of a file says, or [ErrNotFound].
func (c *Catalog) File(id digest.ID) (File, error) {
	f := File{ID: id}
	err := c.view("file "+id.Short(), func(tx *sql.Tx) error {
		var n int64
		var sum []byte
		l := &f.Layout
		err := tx.QueryRow(`SELECT f.n, f.sha256, f.format, f.size, f.warning
			FROM digests d JOIN files f ON f.n = d.n WHERE d.id = ?`, id[:]).
			Scan(&n, &sum, &l.Format, &l.Size, &l.Warning)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		copy(f.SHA256[:], sum)
		if err := scanSegments(tx, n, &f); err != nil {
			return err
		}
		return scanTensors(tx, n, &f)
	})
	if err != nil {
		return File{}, err
	}
	return f, nil
}

// scanSegments fills in the segments of file n and their blobs.
func scanSegments(tx *sql.Tx, n int64, f *File) error {
	rows, err := tx.Query(`SELECT s.kind, s.off, s.len, coalesce(s.tensor, -1), d.id
		FROM segments s JOIN digests d ON d.n = s.blob WHERE s.file = ? ORDER BY s.seq`, n)
	if err != nil {
		return err
	}
	return each(rows, func() error {
		var s formats.Segment
		var blob digest.ID
		err := rows.Scan(&s.Kind, &s.Off, &s.Len, &s.Tensor, (*idColumn)(&blob))
		f.Layout.Segments = append(f.Layout.Segments, s)
		f.Blobs = append(f.Blobs, blob)
		return err
	})
}

// scanTensors fills in the tensors of file n.
func scanTensors(tx *sql.Tx, n int64, f *File) error {
	rows, err := tx.Query(`SELECT names.name, t.dtype, t.shape, t.off, t.len
		FROM file_tensors t JOIN names ON names.n = t.name WHERE t.file = ? ORDER BY t.seq`, n)
	if err != nil {
		return err
	}
	return each(rows, func() error {
		var t formats.Tensor
		err := rows.Scan(&t.Name, &t.DType, (*shapeColumn)(&t.Shape), &t.Off, &t.Len)
		f.Layout.Tensors = append(f.Layout.Tensors, t)
		return err
	})
}

var (
	insertSegment = insertInto("segments", "file, seq, kind, off, len, tensor, blob")
	insertTensor  = insertInto("file_tensors", "file, seq, name, dtype, shape, off, len")
)

// AddFile adds what a manifest says; it replaces what is known of that file. The
// layout is taken as it is, but must name one blob a segment and its own tensors.
func (tx *Tx) AddFile(f File) error {
	if err := f.check(); err != nil {
		return fmt.Errorf("catalog %s: %w", tx.path, err)
	}
	return failed(tx.path, "file "+f.ID.Short(), tx.putFile(f))
}

func (tx *Tx) putFile(f File) error {
	n, err := tx.digests.number(f.ID)
	if err != nil {
		return err
	}
	if _, err := tx.tx.Exec("DELETE FROM files WHERE n = ?", n); err != nil {
		return err
	}
	l := f.Layout
	_, err = tx.tx.Exec("INSERT INTO files (n, sha256, format, size, warning) VALUES (?, ?, ?, ?, ?)",
		n, f.SHA256[:], l.Format, l.Size, l.Warning)
	if err != nil {
		return err
	}
	if err := tx.putSegments(n, f); err != nil {
		return err
	}
	if err := tx.putTensors(n, l.Tensors); err != nil {
		return err
	}
	return tx.markSketched(n)
}

func (tx *Tx) putSegments(n int64, f File) error {
	number, err := tx.digests.numbers(f.Blobs)
	if err != nil {
		return err
	}
	args := make([]any, 0, len(f.Blobs)*insertSegment.columns)
	for i, s := range f.Layout.Segments {
		var tensor any
		if s.Tensor >= 0 {
			tensor = int64(s.Tensor)
		}
		args = append(args, n, int64(i), int64(s.Kind), s.Off, s.Len, tensor, number[f.Blobs[i]])
	}
	return insertSegment.run(tx.tx, args)
}

func (tx *Tx) putTensors(n int64, tensors []formats.Tensor) error {
	names := make([]string, len(tensors))
	for i, t := range tensors {
		names[i] = t.Name
	}
	number, err := tx.names.numbers(names)
	if err != nil {
		return err
	}
	args := make([]any, 0, len(tensors)*insertTensor.columns)
	for i, t := range tensors {
		args = append(args, n, int64(i), number[t.Name], string(t.DType), shapeText(t.Shape), t.Off, t.Len)
	}
	return insertTensor.run(tx.tx, args)
}

func (f *File) check() error {
	l := &f.Layout
	if len(f.Blobs) != len(l.Segments) {
		return fmt.Errorf("file %s: %d blobs, want one for each of %d segments", f.ID.Short(), len(f.Blobs), len(l.Segments))
	}
	for i, s := range l.Segments {
		if s.Tensor < -1 || s.Tensor >= len(l.Tensors) {
			return fmt.Errorf("file %s: segment %d: tensor %d, want -1 to %d", f.ID.Short(), i, s.Tensor, len(l.Tensors)-1)
		}
	}
	return nil
}
