// Package formatstest is the contract that every format's parser keeps, as a test
// suite, and builders of small files. Call [Run] from the parser's own tests.
package formatstest

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"

	"dits/formats"
)

// A File is a valid file of a format, small enough to be cut at every byte.
type File struct {
	Name  string
	Bytes []byte
	// Needed is how many first bytes a reader cannot do without, if that is not
	// the end of the last segment of data or header.
	Needed int64
}

// foreign are the first bytes of files of other formats.
var foreign = map[string]string{
	"empty":       "",
	"text":        "# a model card\n\nNothing but text, long enough for a header.\n",
	"zip":         "PK\x03\x04\x14\x00\x00\x08\x08\x00archive/data.pkl...............",
	"pickle":      "\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01(X\x06\x00\x00\x00weight",
	"elf":         "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00>\x00\x01\x00\x00\x00",
	"ones":        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
	"zeros":       "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
	"safetensors": string(Safetensors("{}", nil)),
	"gguf":        string(GGUF{}.Build()),
	"ggml":        "lmgg\x00\x7d\x00\x00\x00\x10\x00\x00\x00\x01\x00\x00\x00 \x00\x00",
}

// Run tests a parser against files that it has to understand.
func Run(t *testing.T, p formats.Parser, files []File) {
	for _, f := range files {
		t.Run(f.Name, func(t *testing.T) {
			t.Run("tiles", func(t *testing.T) { tiles(t, p, f) })
			t.Run("prefixes", func(t *testing.T) { prefixes(t, p, f) })
			t.Run("bit flips", func(t *testing.T) { bitFlips(t, p, f) })
			t.Run("failing disk", func(t *testing.T) { failingDisk(t, p, f) })
		})
	}
	for name, content := range foreign {
		if name == p.Name() {
			continue
		}
		t.Run("foreign/"+name, func(t *testing.T) {
			_, err := p.Parse(bytes.NewReader([]byte(content)), int64(len(content)))
			if !isDamage(err) {
				t.Fatalf("got %v, want a *formats.Error", err)
			}
		})
	}
}

func tiles(t *testing.T, p formats.Parser, f File) {
	l := parse(t, p, f.Bytes)
	if err := l.Validate(); err != nil {
		t.Fatal(err)
	}
	if l.Format != p.Name() || l.Size != int64(len(f.Bytes)) || l.Warning != "" {
		t.Fatalf("layout: got %q, %d bytes, warning %q; want %q, %d bytes and none",
			l.Format, l.Size, l.Warning, p.Name(), len(f.Bytes))
	}
	var whole []byte
	for _, s := range l.Segments {
		whole = append(whole, f.Bytes[s.Off:s.Off+s.Len]...)
	}
	if !bytes.Equal(whole, f.Bytes) {
		t.Fatal("the segments, one after another, are not the file")
	}
	if got := l.Segments[0].Kind; got != formats.Header {
		t.Fatalf("first segment: got %v, want %v", got, formats.Header)
	}
}

// prefixes cuts the file at every byte.
func prefixes(t *testing.T, p formats.Parser, f File) {
	needed := f.Needed
	if needed == 0 {
		for _, s := range parse(t, p, f.Bytes).Segments {
			if s.Kind == formats.Header || s.Kind == formats.Data {
				needed = s.Off + s.Len
			}
		}
	}
	for n := range needed {
		_, err := p.Parse(bytes.NewReader(f.Bytes[:n]), n)
		damage := new(formats.Error)
		if !errors.As(err, &damage) || !errors.Is(err, formats.ErrTruncated) {
			t.Fatalf("first %d of %d bytes: got %v, want %v", n, needed, err, formats.ErrTruncated)
		}
		if damage.Off > n {
			t.Fatalf("first %d of %d bytes: got offset %d in %v", n, needed, damage.Off, err)
		}
	}
	parse(t, p, f.Bytes[:needed])
}

// bitFlips flips every bit of the header, one at a time.
func bitFlips(t *testing.T, p formats.Parser, f File) {
	header := parse(t, p, f.Bytes).Segments[0].Len
	flipped := bytes.Clone(f.Bytes)
	for bit := range header * 8 {
		flipped[bit/8] ^= 1 << (bit % 8)
		if err := Check(p, flipped); err != nil {
			t.Fatalf("bit %d of byte %d: %v", bit%8, bit/8, err)
		}
		flipped[bit/8] ^= 1 << (bit % 8)
	}
}

// Check parses any bytes and returns what is wrong with the parser, not with
// the bytes: a layout that does not tile them, an error that is not a
// *formats.Error, or more memory taken than [Budget]. Not for parallel tests.
func Check(p formats.Parser, file []byte) error {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	l, err := p.Parse(bytes.NewReader(file), int64(len(file)))
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > Budget(len(file)) {
		return &OverBudgetError{Got: got, Want: Budget(len(file))}
	}
	switch {
	case err == nil:
		return l.Validate()
	case isDamage(err):
		return nil
	}
	return err
}

// failingDisk lets every read fail in turn.
func failingDisk(t *testing.T, p formats.Parser, f File) {
	for fail := 1; ; fail++ {
		r := &failingReader{ReaderAt: bytes.NewReader(f.Bytes), left: fail}
		l, err := p.Parse(r, int64(len(f.Bytes)))
		if err == nil {
			if fail == 1 || l.Validate() != nil {
				t.Fatalf("%d reads failed unseen, layout: %v", fail, l.Validate())
			}
			return
		}
		if !errors.Is(err, errDisk) || isDamage(err) {
			t.Fatalf("read %d failed: got %v, want %v and no *formats.Error", fail, err, errDisk)
		}
	}
}

var errDisk = errors.New("input/output error")

// A failingReader returns errDisk from its read number left on.
type failingReader struct {
	io.ReaderAt
	left int
}

func (r *failingReader) ReadAt(p []byte, off int64) (int, error) {
	if r.left--; r.left <= 0 {
		return 0, errDisk
	}
	return r.ReaderAt.ReadAt(p, off)
}

func isDamage(err error) bool {
	damage := new(formats.Error)
	return errors.As(err, &damage)
}

func parse(t *testing.T, p formats.Parser, file []byte) *formats.Layout {
	t.Helper()
	l, err := p.Parse(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return l
}
