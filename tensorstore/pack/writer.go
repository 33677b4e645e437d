package pack

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"dits/tensorstore/digest"
	"dits/tensorstore/disk"

	"github.com/cespare/xxhash/v2"
)

// ErrEmpty is sealing a pack that has no entries.
var ErrEmpty = errors.New("pack has no entries")

var errClosed = errors.New("pack is already sealed or aborted")

// bufferSize collects small records into one write; a chunk is usually larger
// than what is left of it and goes out with it.
const bufferSize = 256 << 10

// A Writer makes one pack. It remembers its first error, which every later call
// returns. It is not safe for concurrent use.
type Writer struct {
	fsys    disk.FS
	dir     string
	file    disk.File
	buf     *bufio.Writer
	off     int64 // end of the last payload
	entries []Entry
	err     error
}

// Create starts a pack as a temporary file in dir. The caller ends it with
// [Writer.Seal] or [Writer.Abort].
func Create(fsys disk.FS, dir string) (*Writer, error) {
	f, err := fsys.CreateTemp(dir, tempPrefix+"*")
	if err != nil {
		return nil, err
	}
	w := &Writer{fsys: fsys, dir: dir, file: f, buf: bufio.NewWriterSize(f, bufferSize), off: headerSize}
	// A buffered write of 16 bytes cannot fail.
	w.buf.Write(header[:])
	return w, nil
}

// Append adds a payload, which it does not keep, and returns e with Off, Len
// and Sum filled in. An entry that breaks a rule of the format ends the Writer
// as an error of the file system does: a pack that lacks it must not be sealed.
func (w *Writer) Append(e Entry, payload []byte) (Entry, error) { return w.append(e, payload, w.write) }

// AppendHole is [Writer.Append] for a pack that only tells what content takes: where the payload would be is a hole,
// which takes no room on most file systems. To read the entry finds its checksum wrong.
func (w *Writer) AppendHole(e Entry, payload []byte) (Entry, error) {
	return w.append(e, payload, w.skip)
}

func (w *Writer) append(e Entry, payload []byte, put func([]byte) error) (Entry, error) {
	if w.err != nil {
		return Entry{}, w.err
	}
	e.Off, e.Len, e.Sum = w.off, int64(len(payload)), xxhash.Sum64(payload)
	if w.err = e.check(); w.err != nil {
		return Entry{}, w.err
	}
	if w.err = put(payload); w.err != nil {
		return Entry{}, w.err
	}
	w.off += e.Len
	w.entries = append(w.entries, e)
	return e, nil
}

func (w *Writer) write(payload []byte) error {
	_, err := w.buf.Write(payload)
	return err
}

// skip leaves out a payload; a file that cannot is written as any other.
func (w *Writer) skip(payload []byte) error {
	s, ok := w.file.(io.Seeker)
	if !ok {
		return w.write(payload)
	}
	if err := w.buf.Flush(); err != nil {
		return err
	}
	_, err := s.Seek(int64(len(payload)), io.SeekCurrent)
	return err
}

// Size is the number of bytes of header and payloads so far.
func (w *Writer) Size() int64 { return w.off }

// Entries are those appended so far, in order; not to be changed.
func (w *Writer) Entries() []Entry { return w.entries }

// Seal makes the pack durable under its final name, once its index reads back. When it fails the temporary
// file is gone; only if the last step fails, the fsync of the folder, is a
// complete pack in place that a crash may take away.
func (w *Writer) Seal() (Info, error) {
	if w.err == nil && len(w.entries) == 0 {
		w.err = ErrEmpty
	}
	if w.err != nil {
		err := w.err
		w.Abort()
		return Info{}, err
	}
	index := appendIndex(nil, w.entries)
	info := Info{
		Name:    digest.Sum(index).String(),
		Size:    w.off + int64(len(index)) + trailerSize,
		Entries: w.entries,
	}
	if err := w.finish(index); err != nil {
		w.err = err
		w.Abort()
		return Info{}, err
	}
	temp := w.file.Name()
	w.file, w.err = nil, errClosed
	if err := readBack(temp, info); err != nil {
		w.fsys.Remove(temp)
		return Info{}, err
	}
	if err := w.fsys.Rename(temp, Path(w.dir, info.Name)); err != nil {
		w.fsys.Remove(temp)
		return Info{}, err
	}
	if err := w.fsys.SyncDir(w.dir); err != nil {
		return Info{}, fmt.Errorf("pack %s: %w", info.Name, err)
	}
	return info, nil
}

// finish writes what follows the payloads and closes the file. The mode is for
// readers: a sealed pack never changes.
func (w *Writer) finish(index []byte) error {
	t := trailer{indexOff: w.off, indexLen: int64(len(index)), indexSum: xxhash.Sum64(index), headerSum: xxhash.Sum64(header[:])}
	if _, err := w.buf.Write(index); err != nil {
		return err
	}
	if _, err := w.buf.Write(t.append(nil)); err != nil {
		return err
	}
	if err := w.buf.Flush(); err != nil {
		return err
	}
	info, err := os.Stat(w.file.Name())
	if err != nil {
		return err
	}
	if err := w.file.Chmod(info.Mode().Perm() &^ 0o222); err != nil {
		return err
	}
	if err := w.file.Sync(); err != nil {
		return err
	}
	return w.file.Close()
}

// readBack opens the pack at path as readers will, and compares what it says of itself.
func readBack(path string, want Info) error {
	r, err := Open(path)
	if err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	defer r.Close()
	if r.info.Name != want.Name || r.info.Size != want.Size || !slices.Equal(r.info.Entries, want.Entries) {
		return fmt.Errorf("%s: read back: pack %s of %d bytes with %d entries, want %s of %d with %d", path,
			r.info.Name, r.info.Size, len(r.info.Entries), want.Name, want.Size, len(want.Entries))
	}
	return nil
}

// Abort removes the temporary file. It does nothing after Seal or Abort, so it
// can be deferred.
func (w *Writer) Abort() {
	if w.file == nil {
		return
	}
	// Nobody needs the content, so an error of Close means nothing; a file that
	// cannot be removed is left to RemoveTemporaries.
	w.file.Close()
	w.fsys.Remove(w.file.Name())
	w.file = nil
	if w.err == nil {
		w.err = errClosed
	}
}
