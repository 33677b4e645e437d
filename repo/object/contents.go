package object

import (
	"io"
	"os"
	"sync"

	"dits/catalog"
	"dits/tensorstore/digest"
)

// Contents tells where in the file system the bytes of blobs are. It is safe for concurrent use.
type Contents struct {
	mu     sync.Mutex
	places map[digest.ID]content
}

// A content is a part of a file. The file is open while it is read, and no longer: there may be many thousands.
type content struct {
	path     string
	off, len int64
}

// Add notes the parts of a file that was scanned, which is at path.
func (c *Contents) Add(path string, f catalog.File) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.places == nil {
		c.places = map[digest.ID]content{}
	}
	for i, s := range f.Layout.Segments {
		c.places[f.Blobs[i]] = content{path, s.Off, s.Len}
	}
}

// Of reads a blob, nil where it is not known.
func (c *Contents) Of(blob digest.ID) io.ReaderAt {
	c.mu.Lock()
	defer c.mu.Unlock()
	place, ok := c.places[blob]
	if !ok {
		return nil
	}
	return place
}

// ReadAt implements io.ReaderAt.
func (p content) ReadAt(b []byte, off int64) (int, error) {
	f, err := os.Open(p.path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return io.NewSectionReader(f, p.off, p.len).ReadAt(b, off)
}
