package object

import (
	"encoding/binary"
	"fmt"

	"dits/tensorstore/digest"
)

// A Cursor reads a binary object. The first thing that is not there is its
// error; after it every read returns zero.
type Cursor struct {
	What string // names the object in errors
	B    []byte
	Off  int
	Err  error
}

// Fail notes what is wrong at the offset, once.
func (c *Cursor) Fail(format string, args ...any) {
	if c.Err == nil {
		c.Err = fmt.Errorf("%s: offset %d: %s: %w", c.What, c.Off, fmt.Sprintf(format, args...), ErrCorrupt)
	}
}

func (c *Cursor) left() int { return len(c.B) - c.Off }

// bytes returns the next n bytes, not copied.
func (c *Cursor) bytes(n uint64) []byte {
	if c.Err == nil && n > uint64(c.left()) {
		c.Fail("%d bytes left, want %d", c.left(), n)
	}
	if c.Err != nil {
		return nil
	}
	b := c.B[c.Off : c.Off+int(n)]
	c.Off += int(n)
	return b
}

func (c *Cursor) byte() byte {
	if b := c.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// Uvarint reads a number in its shortest encoding, so that one value has one
// spelling.
func (c *Cursor) Uvarint() uint64 {
	if c.Err != nil {
		return 0
	}
	v, n := binary.Uvarint(c.B[c.Off:])
	switch {
	case n <= 0:
		c.Fail("no number")
		return 0
	case n > 1 && c.B[c.Off+n-1] == 0:
		c.Fail("number in %d bytes, want its shortest form", n)
		return 0
	}
	c.Off += n
	return v
}

// Varint reads a zigzag number.
func (c *Cursor) Varint() int64 {
	u := c.Uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// Length reads a number of bytes: below 2^63.
func (c *Cursor) Length() int64 {
	v := c.Uvarint()
	if v > 1<<63-1 {
		c.Fail("length %d overflows", v)
		return 0
	}
	return int64(v)
}

// Count reads how many items of at least size bytes follow, so that memory taken
// for them stays in proportion to the bytes at hand.
func (c *Cursor) Count(size int) int {
	n := c.Uvarint()
	if c.Err == nil && n > uint64(c.left()/size) {
		c.Fail("%d items of %d bytes or more in %d bytes", n, size, c.left())
		return 0
	}
	return int(n)
}

// atMost is n, or 0 and an error if there are more items than that.
func (c *Cursor) atMost(most, n int, what string) int {
	if n > most {
		c.Fail("%d %s, want at most %d", n, what, most)
	}
	if c.Err != nil {
		return 0
	}
	return n
}

func (c *Cursor) String() string { return string(c.bytes(c.Uvarint())) }

func (c *Cursor) ID() (id digest.ID) {
	copy(id[:], c.bytes(digest.Size))
	return id
}

// End is the cursor's error, or one when bytes are left over.
func (c *Cursor) End() error {
	if c.Err == nil && c.left() > 0 {
		c.Fail("%d bytes after the end", c.left())
	}
	return c.Err
}

func AppendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
