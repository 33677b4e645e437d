package pack

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/cespare/xxhash/v2"
)

const (
	headerSize  = 16
	trailerSize = 48

	magic        = "\x89DITSPK\n"
	trailerMagic = "\x89DITSPE\n"
	version      = 1
)

// header starts every pack of this version.
var header = [headerSize]byte{0x89, 'D', 'I', 'T', 'S', 'P', 'K', '\n', version}

// checkHeader accepts the packs that this version can read. It comes before any
// other check, so that a pack of a later version is not taken for a torn one.
func checkHeader(b []byte) error {
	if string(b[:8]) != magic {
		return fmt.Errorf("header: offset 0: magic %q, want %q", b[:8], magic)
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v != version {
		return fmt.Errorf("header: offset 8: version %d, want %d", v, version)
	}
	if f := binary.LittleEndian.Uint32(b[12:]); f != 0 {
		return fmt.Errorf("header: offset 12: unknown features %#x", f)
	}
	return nil
}

// A trailer says where the index is, and what the parts of the file hash to.
type trailer struct {
	indexOff, indexLen  int64
	indexSum, headerSum uint64
}

func (t trailer) append(b []byte) []byte {
	start := len(b)
	b = binary.LittleEndian.AppendUint64(b, uint64(t.indexOff))
	b = binary.LittleEndian.AppendUint64(b, uint64(t.indexLen))
	b = binary.LittleEndian.AppendUint64(b, t.indexSum)
	b = binary.LittleEndian.AppendUint64(b, t.headerSum)
	b = binary.LittleEndian.AppendUint64(b, xxhash.Sum64(b[start:]))
	return append(b, trailerMagic...)
}

// parseTrailer reads the last bytes of a file of size bytes.
func parseTrailer(b []byte, size int64) (trailer, error) {
	var t trailer
	if got := string(b[40:]); got != trailerMagic {
		return t, fmt.Errorf("%w: offset %d: magic %q, want %q", ErrTorn, size-8, got, trailerMagic)
	}
	if got, want := xxhash.Sum64(b[:32]), binary.LittleEndian.Uint64(b[32:]); got != want {
		return t, fmt.Errorf("%w: offset %d: xxhash %016x, want %016x", ErrTorn, size-trailerSize, got, want)
	}
	t.indexOff = int64(binary.LittleEndian.Uint64(b))
	t.indexLen = int64(binary.LittleEndian.Uint64(b[8:]))
	t.indexSum = binary.LittleEndian.Uint64(b[16:])
	t.headerSum = binary.LittleEndian.Uint64(b[24:])
	end := size - trailerSize
	if t.indexOff < headerSize || t.indexOff > end || t.indexLen != end-t.indexOff {
		return t, fmt.Errorf("%w: index of %d bytes at offset %d, want it to end at %d",
			ErrTorn, uint64(t.indexLen), uint64(t.indexOff), end)
	}
	return t, nil
}

// A frame is a pack without its payloads, as bytes whose checksums are right.
type frame struct {
	trailer
	index []byte
}

// readFrame reads a pack of size bytes. The index takes as much memory as the
// file has bytes for it.
func readFrame(r io.ReaderAt, size int64, name string) (frame, error) {
	var f frame
	if size < headerSize+trailerSize {
		return f, fmt.Errorf("%w: %d bytes, want at least %d", ErrTorn, size, headerSize+trailerSize)
	}
	head, tail := make([]byte, headerSize), make([]byte, trailerSize)
	if err := readFull(r, head, 0); err != nil {
		return f, err
	}
	if err := checkHeader(head); err != nil {
		return f, err
	}
	if err := readFull(r, tail, size-trailerSize); err != nil {
		return f, err
	}
	var err error
	if f.trailer, err = parseTrailer(tail, size); err != nil {
		return f, err
	}
	if got := xxhash.Sum64(head); got != f.headerSum {
		return f, &CorruptError{Pack: name, Entry: -1, Part: "header", Got: got, Want: f.headerSum}
	}
	f.index = make([]byte, f.indexLen)
	if err := readFull(r, f.index, f.indexOff); err != nil {
		return f, err
	}
	if got := xxhash.Sum64(f.index); got != f.indexSum {
		return f, &CorruptError{Pack: name, Entry: -1, Part: "index", Off: f.indexOff, Got: got, Want: f.indexSum}
	}
	return f, nil
}

// readFull fills b from offset off. A file that ends inside b is an error.
func readFull(r io.ReaderAt, b []byte, off int64) error {
	n, err := r.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("offset %d: %d bytes, want %d: %w", off, n, len(b), err)
}
