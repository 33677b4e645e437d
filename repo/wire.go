package repo

import (
	"encoding/binary"
	"fmt"

	"dits/tensorstore/digest"
)

// A cursor reads a binary object. The first thing that is not there is its
// error; after it every read returns zero.
type cursor struct {
	what string // names the object in errors
	b    []byte
	off  int
	err  error
}

func (c *cursor) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%s: offset %d: %s: %w", c.what, c.off, fmt.Sprintf(format, args...), ErrCorrupt)
	}
}

func (c *cursor) left() int { return len(c.b) - c.off }

// bytes returns the next n bytes, not copied.
func (c *cursor) bytes(n uint64) []byte {
	if c.err == nil && n > uint64(c.left()) {
		c.fail("%d bytes left, want %d", c.left(), n)
	}
	if c.err != nil {
		return nil
	}
	b := c.b[c.off : c.off+int(n)]
	c.off += int(n)
	return b
}

func (c *cursor) byte() byte {
	if b := c.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// uvarint reads a number in its shortest encoding, so that one value has one
// spelling.
func (c *cursor) uvarint() uint64 {
	if c.err != nil {
		return 0
	}
	v, n := binary.Uvarint(c.b[c.off:])
	switch {
	case n <= 0:
		c.fail("no number")
		return 0
	case n > 1 && c.b[c.off+n-1] == 0:
		c.fail("number in %d bytes, want its shortest form", n)
		return 0
	}
	c.off += n
	return v
}

// varint reads a zigzag number.
func (c *cursor) varint() int64 {
	u := c.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// length reads a number of bytes: below 2^63.
func (c *cursor) length() int64 {
	v := c.uvarint()
	if v > 1<<63-1 {
		c.fail("length %d overflows", v)
		return 0
	}
	return int64(v)
}

// count reads how many items of at least size bytes follow, so that memory taken
// for them stays in proportion to the bytes at hand.
func (c *cursor) count(size int) int {
	n := c.uvarint()
	if c.err == nil && n > uint64(c.left()/size) {
		c.fail("%d items of %d bytes or more in %d bytes", n, size, c.left())
		return 0
	}
	return int(n)
}

func (c *cursor) string() string { return string(c.bytes(c.uvarint())) }

func (c *cursor) id() (id digest.ID) {
	copy(id[:], c.bytes(digest.Size))
	return id
}

// end is the cursor's error, or one when bytes are left over.
func (c *cursor) end() error {
	if c.err == nil && c.left() > 0 {
		c.fail("%d bytes after the end", c.left())
	}
	return c.err
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
