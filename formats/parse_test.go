package formats_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"dits/formats"
	"dits/formats/formatstest"
	"dits/formats/gguf"
	"dits/formats/safetensors"

	"github.com/stretchr/testify/assert"
)

var parsers = []formats.Parser{safetensors.Parser{}, gguf.Parser{}}

func TestParse(t *testing.T) {
	st := formatstest.Safetensors(`{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}`, []byte{1, 2, 3})
	gg := formatstest.GGUF{Tensors: []formatstest.GGUFTensor{{Name: "a", Data: make([]byte, 4)}}}.Build()
	for _, c := range []struct {
		name, path string
		file       []byte
		format     string
		warning    string // part of it, "" if there is none
	}{
		{"safetensors", "m.safetensors", st, "safetensors", ""},
		{"safetensors of another name", "blobs/4f3a", st, "safetensors", ""},
		{"safetensors called gguf", "m.gguf", st, "safetensors", ""},
		{"gguf", "m.GGUF", gg, "gguf", ""},
		{"gguf of another name", "blobs/4f3a", gg, "gguf", ""},
		{"gguf called safetensors", "m.safetensors", gg, "gguf", ""},
		{"text", "README.md", []byte("# text"), "opaque", ""},
		{"empty", "x", nil, "opaque", ""},
		{"empty safetensors", "m.safetensors", nil, "opaque", "safetensors: offset 0: truncated: file length: got 0 bytes, want at least 8"},
		{"empty gguf", "m.gguf", nil, "opaque", "gguf: offset 0: truncated: magic"},
		{"text called safetensors", "m.safetensors", []byte("version https://lfs"), "opaque", "safetensors: offset 0: header length: got"},
		{"cut safetensors", "m.safetensors", st[:len(st)-1], "opaque", `safetensors: tensor "a": offset 63: truncated: data range [0,3): want an end of at most 2`},
		{"cut safetensors of another name", "x", st[:len(st)-1], "opaque", ""},
		{"cut gguf of another name", "x", gg[:48], "opaque", "gguf: offset 4"},
		{"cut gguf called safetensors", "m.safetensors", gg[:48], "opaque", "gguf: offset 4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := formats.Parse(bytes.NewReader(c.file), int64(len(c.file)), c.path, parsers...)
			if err != nil {
				t.Fatal(err)
			}
			if err := l.Validate(); err != nil {
				t.Fatal(err)
			}
			if l.Format != c.format || l.Size != int64(len(c.file)) {
				t.Errorf("got %s of %d bytes, want %s of %d", l.Format, l.Size, c.format, len(c.file))
			}
			if c.warning == "" && l.Warning != "" || !strings.HasPrefix(l.Warning, c.warning) {
				t.Errorf("warning: got %q, want %q", l.Warning, c.warning)
			}
		})
	}
}

func TestNewOpaque(t *testing.T) {
	want := &formats.Layout{Format: "opaque", Size: 7, Warning: "w",
		Segments: []formats.Segment{{Kind: formats.Opaque, Off: 0, Len: 7, Tensor: -1}}}
	assert.Equal(t, want, formats.NewOpaque(7, "w"))
	if l := formats.NewOpaque(0, ""); len(l.Segments) != 0 || l.Validate() != nil {
		t.Errorf("empty: got %+v, %v", l, l.Validate())
	}
}

var errDisk = errors.New("input/output error")

// A failing reader fails at and after byte n.
type failing struct {
	io.ReaderAt
	n int64
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.n {
		return 0, errDisk
	}
	return f.ReaderAt.ReadAt(p, off)
}

// TestParseFailingDisk holds that a bad read is never mistaken for a bad file.
func TestParseFailingDisk(t *testing.T) {
	st := formatstest.Safetensors(`{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}`, []byte{1, 2, 3})
	gg := formatstest.GGUF{Tensors: []formatstest.GGUFTensor{{Name: "a", Data: make([]byte, 4)}}}.Build()
	for path, file := range map[string][]byte{"m.safetensors": st, "guess": st, "m.gguf": gg, "x": gg, "text": []byte("text")} {
		for n := range int64(20) {
			l, err := formats.Parse(failing{bytes.NewReader(file), n}, int64(len(file)), path, parsers...)
			if len(file) > 20 && !errors.Is(err, errDisk) {
				t.Errorf("%s, failing at byte %d: got %+v, %v", path, n, l, err)
			}
		}
	}
	if _, err := formats.Parse(bytes.NewReader(nil), -1, "x"); err == nil {
		t.Error("a size of -1 is accepted")
	}
}

// TestParseShrunkFile reads a file that has got shorter since its size was taken.
func TestParseShrunkFile(t *testing.T) {
	gg := formatstest.GGUF{}.Build()
	for n := range len(gg) {
		l, err := formats.Parse(bytes.NewReader(gg[:n]), int64(len(gg)), "m.gguf", parsers...)
		if err != nil {
			t.Fatal(err)
		}
		if l.Format != "opaque" || l.Size != int64(len(gg)) || !strings.Contains(l.Warning, "truncated") {
			t.Errorf("%d bytes of %d: got %+v", n, len(gg), l)
		}
	}
}

// A liar returns layouts that do not tile.
type liar struct{ layout formats.Layout }

func (liar) Name() string                                        { return "liar" }
func (liar) Claims([]byte, string) bool                          { return true }
func (l liar) Parse(io.ReaderAt, int64) (*formats.Layout, error) { return &l.layout, nil }

// TestParseValidates holds that no parser gets a layout past Parse that does not tile the file.
func TestParseValidates(t *testing.T) {
	for _, c := range []struct {
		layout formats.Layout
		want   string
	}{
		{formats.Layout{Size: 4}, "liar: offset 0: segments: end at 0, want 4"},
		{*formats.NewOpaque(3, ""), "liar: offset 3: layout size: got 3 bytes, want 4"},
	} {
		l, err := formats.Parse(strings.NewReader("abcd"), 4, "x", liar{c.layout})
		if err != nil {
			t.Fatal(err)
		}
		if l.Format != "opaque" || l.Warning != c.want || l.Size != 4 {
			t.Errorf("got %+v, want warning %q", l, c.want)
		}
	}
}

func TestError(t *testing.T) {
	err := formats.Truncated(8, "got %d, want %d", 1, 2).In("lm_head.weight")
	if got, want := err.Error(), `tensor "lm_head.weight": offset 8: truncated: got 1, want 2`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !errors.Is(err, formats.ErrTruncated) {
		t.Error("not ErrTruncated")
	}
	if got, want := formats.Damaged(3, "x").Error(), "offset 3: x"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if long := formats.Damaged(0, "x").In(strings.Repeat("n", 1<<20)).Error(); len(long) > 300 {
		t.Errorf("a name of 1 MiB makes an error of %d bytes", len(long))
	}
}

// A silent reader stops early and reports nothing, which io.ReaderAt forbids.
type silent struct{}

func (silent) ReadAt(p []byte, _ int64) (int, error) { return len(p) - 1, nil }

func TestReadFullSilentReader(t *testing.T) {
	err := formats.ReadFull(silent{}, make([]byte, 4), 9)
	damage := new(formats.Error)
	if err == nil || errors.As(err, &damage) || err.Error() != "read at offset 9: got 3 bytes and no error, want 4" {
		t.Errorf("got %v", err)
	}
}
