package pack

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	"dits/tensorstore/digest"

	"github.com/cespare/xxhash/v2"
)

func sum(b []byte) uint64 { return xxhash.Sum64(b) }

// raw is an index by hand: numbers are uvarints, IDs and strings are bytes.
func raw(values ...any) []byte {
	var b []byte
	for _, v := range values {
		switch v := v.(type) {
		case int:
			b = binary.AppendUvarint(b, uint64(v))
		case uint64:
			b = binary.AppendUvarint(b, v)
		case digest.ID:
			b = append(b, v[:]...)
		case string:
			b = append(b, v...)
		}
	}
	return b
}

const xx = "checksum" // eight bytes

func TestParseIndex(t *testing.T) {
	a, p, q := id("a"), id("p"), id("q")
	for _, test := range []struct {
		name    string
		index   []byte
		payload int64
		want    string // part of the error
	}{
		{"good", raw(0, 1, 1, 0, a, 5, 9, 0, 0, 0, xx), 5, ""},
		{"good import", raw(1, p, 1, 1, 0, a, 5, 9, 1, 0, 0, xx), 5, ""},
		{"nothing", nil, 0, "imports: unexpected EOF"},
		{"no entries", raw(0, 0), 0, "no entries"},
		{"many imports", raw(1<<40, p, 1), 0, "imports 1099511627776, want at most 1"},
		{"many entries", raw(0, 1<<40, strings.Repeat(xx, 20)), 0, "entries 1099511627776, want at most 3"},
		{"overlong uvarint", raw(0, "\x81\x00", 1, 0, a, 5, 9, 0, 0, 0, xx), 5, "not the encoding"},
		{"uvarint of 65 bits", raw(0, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), 0, "entries: unexpected EOF"},
		{"short checksum", raw(0, 1, 1, 0, a, 5, 9, 0, 0, 1, "eight b"), 5, "entry 0: offset 41: unexpected EOF"},
		{"kind 0", raw(0, 1, 0, 0, a, 5, 9, 0, 0, 0, xx), 5, "kind 0 is not known"},
		{"kind 8", raw(0, 1, 8, 0, a, 5, 9, 0, 0, 0, xx), 5, "kind 8 is not known"},
		{"kind 257", raw(0, 1, 257, 0, a, 5, 9, 0, 0, 0, xx), 5, "kind 257, want at most 255"},
		{"encoding 256", raw(0, 1, 1, 256, a, 5, 9, 0, 0, 0, xx), 5, "encoding 256, want at most 255"},
		{"depth 256", raw(0, 1, 1, 0, a, 5, 9, 0, 0, 256, xx), 5, "depth 256, want at most 255"},
		{"zero ID", raw(0, 1, 1, 0, digest.ID{}, 5, 9, 0, 0, 0, xx), 5, "ID is zero"},
		{"great payload", raw(0, 1, 1, 0, a, MaxLen+1, 9, 0, 0, 0, xx), 2 * MaxLen, "payload length 1073741825"},
		{"great content", raw(0, 1, 1, 0, a, 5, MaxLen+1, 0, 0, 0, xx), 5, "decoded length 1073741825"},
		{"great element", raw(0, 1, 1, 0, a, 5, 9, 0, uint64(math.MaxInt64+1), 0, xx), 5, "first element 9223372036854775808"},
		{"overlap", raw(0, 1, 1, 0, a, 5, 9, 0, 0, 0, xx), 4, "payload of 5 bytes, want at most 4"},
		{"gap", raw(0, 1, 1, 0, a, 5, 9, 0, 0, 0, xx), 6, "payloads end at 21, want 22"},
		{"second too long", raw(0, 2, 1, 0, a, 5, 9, 0, 0, 0, xx, 1, 0, p, 5, 9, 0, 0, 0, xx), 9, "entry 1: offset 96: payload of 5 bytes, want at most 4"},
		{"no such prediction", raw(1, p, 1, 1, 0, a, 5, 9, 2, 0, 0, xx), 5, "prediction 2, want at most 1"},
		{"great prediction", raw(0, 1, 1, 0, a, 5, 9, uint64(math.MaxUint64), 0, 0, xx), 5, "prediction 18446744073709551615"},
		{"needs itself", raw(0, 1, 6, 0, p, 5, 9, 1, 0, 0, xx), 5, "prediction " + p.Short() + ": needs itself"},
		{"imports itself", raw(1, p, 1, 6, 0, p, 5, 9, 1, 0, 0, xx), 5, "needs itself"},
		{"import not used", raw(1, p, 1, 1, 0, a, 5, 9, 0, 0, 0, xx), 5, "not the encoding"},
		{"zero import", raw(1, digest.ID{}, 1, 1, 0, a, 5, 9, 1, 0, 0, xx), 5, "not the encoding"},
		{"import twice", raw(2, p, p, 2, 1, 0, a, 5, 9, 1, 0, 0, xx, 1, 0, q, 0, 9, 2, 0, 0, xx), 5, "not the encoding"},
		{"import out of order", raw(2, p, q, 2, 1, 0, a, 5, 9, 2, 0, 0, xx, 1, 0, a, 0, 9, 1, 0, 0, xx), 5, "not the encoding"},
		{"import of an entry", raw(1, p, 2, 6, 0, p, 5, 9, 0, 0, 0, xx, 1, 0, a, 0, 9, 1, 0, 0, xx), 5, "not the encoding"},
		{"second of two", raw(0, 3, 6, 0, p, 5, 9, 0, 0, 0, xx, 6, 1, p, 0, 9, 0, 0, 0, xx, 1, 0, a, 0, 9, 2, 0, 0, xx), 5, "not the encoding"},
		{"bytes after the end", raw(0, 1, 1, 0, a, 5, 9, 0, 0, 0, xx, 0), 5, "not the encoding"},
	} {
		t.Run(test.name, func(t *testing.T) {
			entries, err := parseIndex(test.index, test.payload)
			if test.want == "" {
				if err != nil || len(entries) != 1 {
					t.Errorf("got %v, %v", entries, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// Every prefix of an index is an error, and a prefix never parses.
func TestIndexPrefixes(t *testing.T) {
	_, info := build(t, sample())
	index := appendIndex(nil, info.Entries)
	last := info.Entries[len(info.Entries)-1]
	payload := last.Off + last.Len - headerSize
	if got, err := parseIndex(index, payload); err != nil || !reflect.DeepEqual(got, info.Entries) {
		t.Fatalf("got %v, %v", got, err)
	}
	for n := range index {
		if _, err := parseIndex(index[:n], payload); err == nil {
			t.Errorf("%d of %d bytes: no error", n, len(index))
		}
	}
}

// Every flip of an index that has its checksums right gives an error or a pack
// whose index is that very one.
func TestIndexFlips(t *testing.T) {
	_, info := build(t, sample())
	index := appendIndex(nil, info.Entries)
	last := info.Entries[len(info.Entries)-1]
	for off := range index {
		for bit := range 8 {
			b := bytes.Clone(index)
			b[off] ^= 1 << bit
			entries, err := parseIndex(b, last.Off+last.Len-headerSize)
			if err == nil && !bytes.Equal(appendIndex(nil, entries), b) {
				t.Errorf("byte %d bit %d: entries of another index", off, bit)
			}
		}
	}
}

func TestTrailerBounds(t *testing.T) {
	const size = 1000
	for _, test := range []struct {
		off, n int64
		ok     bool
	}{
		{500, size - trailerSize - 500, true},
		{headerSize, size - trailerSize - headerSize, true},
		{headerSize - 1, size - trailerSize - headerSize + 1, false},
		{500, 0, false},
		{500, size, false},
		{size, -trailerSize, false},
		{-1, size - trailerSize + 1, false},
		{math.MaxInt64, math.MinInt64, false},
	} {
		b := trailer{indexOff: test.off, indexLen: test.n}.append(nil)
		_, err := parseTrailer(b, size)
		if (err == nil) != test.ok || err != nil && !errors.Is(err, ErrTorn) {
			t.Errorf("index [%d,+%d): got %v, want ok %v", test.off, test.n, err, test.ok)
		}
	}
}

// A file that ends before it should is an error, not zeros.
func TestReadFull(t *testing.T) {
	err := readFull(bytes.NewReader([]byte("abc")), make([]byte, 3), 1)
	if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "offset 1: 2 bytes, want 3") {
		t.Errorf("got %v", err)
	}
}
