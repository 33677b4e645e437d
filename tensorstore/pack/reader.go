package pack

import (
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"dits/tensorstore/digest"
	"dits/tensorstore/disk"

	"github.com/cespare/xxhash/v2"
)

// A Reader reads one sealed pack. It is safe for concurrent use, and holds one
// open file until Close.
type Reader struct {
	file file
	path string
	info Info
	end  int64 // of the payloads
}

// A file is what a Reader needs of an [os.File].
type file interface {
	io.ReaderAt
	io.Closer
	Stat() (fs.FileInfo, error)
}

// Open reads the frame of a pack and holds it to the format: header, trailer,
// index, and that the payloads fill the space between. It does not read them.
// A file called *.pack must have its right name. A pack without a valid trailer
// is [ErrTorn]; a damaged header or index a [*CorruptError].
func Open(path string) (*Reader, error) {
	f, err := disk.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	return newReader(f, path)
}

// newReader takes f over, and closes it if that is no pack.
func newReader(f file, path string) (*Reader, error) {
	r := &Reader{file: f, path: path}
	if err := r.load(); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

func (r *Reader) load() error {
	st, err := r.file.Stat()
	if err != nil {
		return err
	}
	f, err := readFrame(r.file, st.Size(), filepath.Base(r.path))
	if err != nil {
		return err
	}
	entries, err := parseIndex(f.index, f.indexOff-headerSize)
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	r.info = Info{Name: digest.Sum(f.index).String(), Size: st.Size(), Entries: entries}
	r.end = f.indexOff
	if base, ok := strings.CutSuffix(filepath.Base(r.path), Ext); ok && base != r.info.Name {
		return fmt.Errorf("name of another pack, want %s", r.info.Name)
	}
	return nil
}

// Entries are those of the pack, in file order; not to be changed.
func (r *Reader) Entries() []Entry { return r.info.Entries }

// Info is what Seal returned for the pack.
func (r *Reader) Info() Info { return r.info }

// Size is that of the file in bytes.
func (r *Reader) Size() int64 { return r.info.Size }

// Read returns the payload of e, in buf where that has the capacity, with one
// pread. A payload that does not match e.Sum is a [*CorruptError].
func (r *Reader) Read(e Entry, buf []byte) ([]byte, error) {
	if e.Off < headerSize || e.Len < 0 || e.Len > r.end-e.Off {
		return nil, fmt.Errorf("pack %s: %v %s: %d bytes at offset %d, want them in [%d,%d)",
			r.info.Name, e.Kind, e.ID, e.Len, e.Off, headerSize, r.end)
	}
	buf = slices.Grow(buf[:0], int(e.Len))[:e.Len]
	if err := readFull(r.file, buf, e.Off); err != nil {
		return nil, fmt.Errorf("pack %s: %v %s: %w", r.info.Name, e.Kind, e.ID, err)
	}
	if got := xxhash.Sum64(buf); got != e.Sum {
		return nil, &CorruptError{
			Pack: r.info.Name, Entry: r.find(e), Part: e.Kind.String(), ID: e.ID,
			Off: e.Off, Got: got, Want: e.Sum,
		}
	}
	return buf, nil
}

// Entry is what the pack itself says of the payload of a content at off; false if there is none.
func (r *Reader) Entry(kind Kind, id digest.ID, off int64) (Entry, bool) {
	all := r.info.Entries
	for i := sort.Search(len(all), func(i int) bool { return all[i].Off >= off }); i < len(all) && all[i].Off == off; i++ {
		if all[i].Kind == kind && all[i].ID == id {
			return all[i], true
		}
	}
	return Entry{}, false
}

// find returns the index of e by its ID and place, or -1 if there is none.
func (r *Reader) find(e Entry) int {
	return slices.IndexFunc(r.info.Entries, func(o Entry) bool {
		return o.Off == e.Off && o.Len == e.Len && o.ID == e.ID
	})
}

// Close ends all use of r.
func (r *Reader) Close() error { return r.file.Close() }
