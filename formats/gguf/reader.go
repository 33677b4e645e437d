package gguf

import (
	"encoding/binary"
	"io"

	"dits/formats"
)

// headerLimit bounds the header in bytes, and so the memory that it takes. The
// largest known ones have a tokenizer of some 20 MB.
const headerLimit = 256 << 20

// windowLen is how much is read at once.
const windowLen = 16 << 10

// A reader goes through a header from its start. It refuses lengths that reach
// beyond the end of the file before it takes memory for them.
type reader struct {
	r       io.ReaderAt
	size    int64 // of the file
	off     int64 // of the next byte
	order   binary.ByteOrder
	window  []byte // bytes of the file from start on
	start   int64
	small   [8]byte
	scratch [128]byte
}

func newReader(r io.ReaderAt, size int64) *reader {
	return &reader{r: r, size: size, order: binary.LittleEndian}
}

// room checks that n bytes follow, and that they may belong to a header.
func (d *reader) room(n uint64, what string) error {
	left := uint64(d.size - d.off)
	switch {
	case n > left:
		return formats.Truncated(d.off, "%s: got %d bytes, want %d", what, left, n)
	case n > uint64(headerLimit-d.off):
		return formats.Damaged(d.off, "%s of %d bytes: want a header of at most %d", what, n, headerLimit)
	}
	return nil
}

// roomFor checks that count items of at least width bytes follow.
func (d *reader) roomFor(count uint64, width int64, what string) error {
	if most := uint64(d.size-d.off) / uint64(width); count > most {
		return formats.Truncated(d.off, "%s: got %d, want at most %d in the %d bytes that follow",
			what, count, most, d.size-d.off)
	}
	return nil
}

// full reads len(p) bytes.
func (d *reader) full(p []byte, what string) error {
	if err := d.room(uint64(len(p)), what); err != nil {
		return err
	}
	for len(p) > 0 {
		if at := d.off - d.start; at < 0 || at >= int64(len(d.window)) {
			if err := d.refill(); err != nil {
				return err
			}
		}
		n := copy(p, d.window[d.off-d.start:])
		p = p[n:]
		d.off += int64(n)
	}
	return nil
}

// refill reads the window that starts at the next byte.
func (d *reader) refill() error {
	if d.window == nil {
		d.window = make([]byte, min(windowLen, d.size))
	}
	n := min(int64(cap(d.window)), d.size-d.off)
	d.window = d.window[:n]
	d.start = d.off
	return formats.ReadFull(d.r, d.window, d.off)
}

// skip passes over n bytes without reading them.
func (d *reader) skip(n uint64, what string) error {
	if err := d.room(n, what); err != nil {
		return err
	}
	d.off += int64(n)
	return nil
}

func (d *reader) uint32(what string) (uint32, error) {
	err := d.full(d.small[:4], what)
	return d.order.Uint32(d.small[:4]), err
}

func (d *reader) uint64(what string) (uint64, error) {
	err := d.full(d.small[:8], what)
	return d.order.Uint64(d.small[:8]), err
}

// bytes reads n bytes into memory that grows with what has been read.
func (d *reader) bytes(n uint64, what string) ([]byte, error) {
	if err := d.room(n, what); err != nil {
		return nil, err
	}
	var p []byte
	for n > 0 {
		step := min(n, max(windowLen, uint64(len(p))))
		p = append(p, make([]byte, step)...)
		if err := d.full(p[uint64(len(p))-step:], what); err != nil {
			return nil, err
		}
		n -= step
	}
	return p, nil
}

// string reads a string.
func (d *reader) string(what string) (string, error) {
	n, err := d.uint64(what)
	if err != nil {
		return "", err
	}
	return d.text(n, what)
}

// name reads a string of at most most bytes.
func (d *reader) name(what string, most uint64) (string, error) {
	at := d.off
	n, err := d.uint64(what)
	if err != nil {
		return "", err
	}
	if err := d.room(n, what); err != nil {
		return "", err
	}
	if n > most {
		return "", formats.Damaged(at, "%s length: got %d, want at most %d", what, n, most)
	}
	return d.text(n, what)
}

// text reads n bytes as a string; short ones, of which tokenizers have hundreds of
// thousands, go through scratch memory.
func (d *reader) text(n uint64, what string) (string, error) {
	if n <= uint64(len(d.scratch)) {
		err := d.full(d.scratch[:n], what)
		return string(d.scratch[:n]), err
	}
	p, err := d.bytes(n, what)
	return string(p), err
}
