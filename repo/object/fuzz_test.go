package object

import (
	"bytes"
	"testing"

	"dits/tensorstore/digest"
)

func FuzzDecodeTree(f *testing.F) {
	f.Add(EncodeTree(sampleTree()))
	f.Add([]byte{treeVersion})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := DecodeTree(digest.ID{1}, b)
		if err != nil {
			return
		}
		if again := EncodeTree(got.Entries); !bytes.Equal(again, b) {
			t.Fatalf("two encodings of one tree: %x and %x", b, again)
		}
		for _, e := range got.Entries {
			if err := CheckName(e.Name); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func FuzzDecodeCommit(f *testing.F) {
	f.Add(EncodeCommit(sampleCommit()))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := DecodeCommit(digest.ID{1}, b)
		if err == nil && !bytes.Equal(EncodeCommit(got), b) {
			t.Fatalf("two encodings of one commit: %q", b)
		}
	})
}

func FuzzDecodeTag(f *testing.F) {
	f.Add(EncodeTag(sampleTag()))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := DecodeTag(digest.ID{1}, b)
		if err == nil && !bytes.Equal(EncodeTag(got), b) {
			t.Fatalf("two encodings of one tag: %q", b)
		}
	})
}

func FuzzDecodeManifest(f *testing.F) {
	f.Add(EncodeManifest(sampleFile()))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := DecodeManifest(digest.ID{1}, b)
		if err != nil {
			return
		}
		if err := got.Layout.Validate(); err != nil {
			t.Fatal(err)
		}
		again, err := DecodeManifest(digest.ID{1}, EncodeManifest(got))
		if err != nil || len(again.Blobs) != len(got.Layout.Segments) {
			t.Fatalf("what was read cannot be written: %v", err)
		}
	})
}
