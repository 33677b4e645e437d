package repo

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/cespare/xxhash/v2"

	"dits/tensorstore/digest"
)

func FuzzDecodeTree(f *testing.F) {
	f.Add(encodeTree(sampleTree()))
	f.Add([]byte{treeVersion})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decodeTree(digest.ID{1}, b)
		if err != nil {
			return
		}
		if again := encodeTree(got.Entries); !bytes.Equal(again, b) {
			t.Fatalf("two encodings of one tree: %x and %x", b, again)
		}
		for _, e := range got.Entries {
			if err := checkName(e.Name); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func FuzzDecodeCommit(f *testing.F) {
	f.Add(encodeCommit(sampleCommit()))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decodeCommit(digest.ID{1}, b)
		if err == nil && !bytes.Equal(encodeCommit(got), b) {
			t.Fatalf("two encodings of one commit: %q", b)
		}
	})
}

func FuzzDecodeTag(f *testing.F) {
	f.Add(encodeTag(sampleTag()))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decodeTag(digest.ID{1}, b)
		if err == nil && !bytes.Equal(encodeTag(got), b) {
			t.Fatalf("two encodings of one tag: %q", b)
		}
	})
}

func FuzzDecodeManifest(f *testing.F) {
	f.Add(encodeManifest(sampleFile()))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decodeManifest(digest.ID{1}, b)
		if err != nil {
			return
		}
		if err := got.Layout.Validate(); err != nil {
			t.Fatal(err)
		}
		again, err := decodeManifest(digest.ID{1}, encodeManifest(got))
		if err != nil || len(again.Blobs) != len(got.Layout.Segments) {
			t.Fatalf("what was read cannot be written: %v", err)
		}
	})
}

func FuzzDecodeIndex(f *testing.F) {
	b := (&Index{Entries: []IndexEntry{{Path: "a/b", Mode: ModeFile, ID: digest.ID{1}, Size: 4}}}).encode()
	f.Add(b[:len(b)-8]) // without its checksum
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := decodeIndex(binary.LittleEndian.AppendUint64(b, xxhash.Sum64(b)))
		if err != nil {
			return
		}
		for _, e := range x.Entries {
			if err := checkPath(e.Path); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func FuzzParseRevision(f *testing.F) {
	for _, s := range []string{"HEAD~3^2", "@{1}", "main@{2}~", "a^^^0", "v1/x", "~", "^", "@", "deadbeef"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := parseRevision(s)
		if err != nil {
			return
		}
		if v.name == "" && v.log < 0 {
			t.Fatalf("%q names nothing", s)
		}
		for _, st := range v.steps {
			if st.n < 0 || st.n > maxSteps {
				t.Fatalf("%q: step of %d", s, st.n)
			}
		}
	})
}
