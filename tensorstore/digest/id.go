// Package digest names content. An [ID] is the BLAKE3-256 hash of some bytes;
// it is what b3sum prints, and a function of the bytes alone.
//
// It is the only package that imports blake3.
package digest

import (
	"encoding/hex"
	"fmt"

	"github.com/zeebo/blake3"
)

// Size is the length of an ID in bytes.
const Size = 32

// An ID is the BLAKE3-256 hash of some bytes. IDs are comparable, so they work
// with == and as map keys. The zero ID names nothing.
type ID [Size]byte

// Sum returns the ID of b.
func Sum(b []byte) ID { return blake3.Sum256(b) }

// Parse reads the 64 hexadecimal digits that [ID.String] writes.
func Parse(s string) (ID, error) {
	var id ID
	if len(s) != 2*Size {
		return id, fmt.Errorf("digest %q: %d characters, want %d", s, len(s), 2*Size)
	}
	if _, err := hex.Decode(id[:], []byte(s)); err != nil {
		return ID{}, fmt.Errorf("digest %q: %w", s, err)
	}
	return id, nil
}

// IsZero says that the ID names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// String is the ID in 64 lower-case hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Short is the first 10 digits, for people.
func (id ID) Short() string { return id.String()[:10] }

// MarshalText makes an ID a string in JSON; the zero ID is the empty string.
func (id ID) MarshalText() ([]byte, error) {
	if id.IsZero() {
		return nil, nil
	}
	return []byte(id.String()), nil
}

// UnmarshalText reads what [ID.MarshalText] wrote.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	got, err := Parse(string(b))
	*id = got
	return err
}

// A Hasher computes an ID of what is written to it. Write never fails.
type Hasher struct{ h *blake3.Hasher }

// NewHasher returns a Hasher that has seen no bytes.
func NewHasher() *Hasher { return &Hasher{blake3.New()} }

// Write adds b to the hashed bytes.
func (h *Hasher) Write(b []byte) (int, error) { return h.h.Write(b) }

// Reset forgets what was written.
func (h *Hasher) Reset() { h.h.Reset() }

// ID is the hash of what was written so far.
func (h *Hasher) ID() ID {
	var id ID
	h.h.Sum(id[:0])
	return id
}
