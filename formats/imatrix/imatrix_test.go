package imatrix

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// build writes entries as llama.cpp does, each value the number of its place.
func build(entries ...Entry) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(entries)))
	for _, e := range entries {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(e.Name)))
		b = append(b, e.Name...)
		b = binary.LittleEndian.AppendUint32(b, uint32(e.Calls))
		b = binary.LittleEndian.AppendUint32(b, uint32(e.Columns))
		for i := range e.Columns {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(i)))
		}
	}
	return b
}

func TestParse(t *testing.T) {
	want := []Entry{{Name: "blk.0.attn_q.weight", Off: 35, Columns: 5, Calls: 12}, {Name: "output.weight", Off: 80, Columns: 3, Calls: -1}}
	b := build(want...)
	got, err := Parse(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	require.Equal(t, want, got)
	for n := range b {
		_, err := Parse(bytes.NewReader(b[:n]), int64(n))
		require.ErrorIs(t, err, ErrNone, "%d bytes", n)
	}
	// What llama.cpp writes behind the entries is of no use here.
	b = append(b, 1, 0, 0, 0, 4, 0, 0, 0, 't', 'e', 'x', 't')
	got, err = Parse(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestParseRefuses(t *testing.T) {
	for name, b := range map[string][]byte{
		"no entries":      build(),
		"many entries":    {0xff, 0xff, 0xff, 0x7f, 1, 0, 0, 0},
		"a negative name": {1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff},
		"a long name":     {1, 0, 0, 0, 0, 0, 1, 0},
		"no values":       build(Entry{Name: "a"}),
		"text":            []byte("# a readme, which is no matrix at all"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(bytes.NewReader(b), int64(len(b)))
			require.ErrorIs(t, err, ErrNone)
		})
	}
}

func TestParseCorpus(t *testing.T) {
	b, err := os.ReadFile("../../../shared/corpus/gguf/base.imatrix")
	if err != nil {
		t.Skip("no corpus here: nothing was checked")
	}
	got, err := Parse(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	require.Len(t, got, 42)
	require.Equal(t, Entry{Name: "blk.0.attn_q.weight", Off: 35, Columns: 256, Calls: 12}, got[0])
}

// FuzzParse reads files that nobody wrote.
func FuzzParse(f *testing.F) {
	f.Add(build(Entry{Name: "blk.0.attn_q.weight", Columns: 5, Calls: 12}, Entry{Name: "output.weight", Columns: 3}))
	f.Add([]byte("text"))
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := Parse(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			require.ErrorIs(t, err, ErrNone)
			return
		}
		for _, e := range all {
			if e.Off < 4 || e.Columns < 1 || e.Off+4*e.Columns > int64(len(b)) {
				t.Fatalf("%+v lies outside of %d bytes", e, len(b))
			}
		}
	})
}
