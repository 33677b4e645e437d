package repo

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/formats/ggml"
	"dits/repo/object"
)

// A keyValue is metadata of a GGUF file: a string, uint32, uint16, []string or []int32.
type keyValue struct {
	key   string
	value any
}

// ggufOf writes a GGUF file, version 3, of some metadata and tensors.
func ggufOf(t *testing.T, metadata []keyValue, parts []part) string {
	t.Helper()
	var b []byte
	text := func(s string) {
		b = binary.LittleEndian.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
	}
	number := func(n uint32) { b = binary.LittleEndian.AppendUint32(b, n) }
	b = append(b, "GGUF\x03\x00\x00\x00"...)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(parts)))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(metadata)))
	for _, kv := range metadata {
		text(kv.key)
		switch v := kv.value.(type) {
		case uint16:
			number(2)
			b = binary.LittleEndian.AppendUint16(b, v)
		case uint32:
			number(4)
			number(v)
		case string:
			number(8)
			text(v)
		case []int32:
			number(9)
			number(5)
			b = binary.LittleEndian.AppendUint64(b, uint64(len(v)))
			for _, x := range v {
				number(uint32(x))
			}
		case []string:
			number(9)
			number(8)
			b = binary.LittleEndian.AppendUint64(b, uint64(len(v)))
			for _, x := range v {
				text(x)
			}
		default:
			require.Failf(t, "value", "%T of %s", v, kv.key)
		}
	}
	var data []byte
	for _, p := range parts {
		typ, ok := ggml.ByName(string(p.DType))
		require.True(t, ok, p.DType)
		text(p.Name)
		number(uint32(len(p.Shape)))
		for i := len(p.Shape) - 1; i >= 0; i-- { // innermost first
			b = binary.LittleEndian.AppendUint64(b, uint64(p.Shape[i]))
		}
		number(uint32(typ))
		b = binary.LittleEndian.AppendUint64(b, uint64(len(data)))
		data = append(data, p.bytes...)
		data = append(data, make([]byte, -len(data)&31)...)
	}
	b = append(b, make([]byte, -len(b)&31)...)
	return string(append(b, data...))
}

// ggufParts reads the tensors of a GGUF file.
func ggufParts(t *testing.T, content string) (out []part) {
	t.Helper()
	src := strings.NewReader(content)
	l, err := formats.Parse(src, src.Size(), "x.gguf", object.Parsers...)
	require.NoError(t, err)
	require.Equal(t, "gguf", l.Format)
	for _, x := range l.Tensors {
		out = append(out, part{x, []byte(content[x.Off : x.Off+x.Len])})
	}
	return out
}

// splitGGUF cuts a GGUF file in two, named as llama.cpp's gguf-split names them.
func splitGGUF(t *testing.T, name, content string) map[string]string {
	t.Helper()
	parts := ggufParts(t, content)
	half := len(parts) / 2
	out := map[string]string{}
	for i, some := range [][]part{parts[:half], parts[half:]} {
		split := []keyValue{{"split.no", uint16(i)}, {"split.count", uint16(2)}, {"split.tensors.count", uint32(len(parts))}}
		if i == 0 {
			split = append([]keyValue{{"general.architecture", "llama"}}, split...)
		}
		out[fmt.Sprintf("%s-%05d-of-00002.gguf", name, i+1)] = ggufOf(t, split, some)
	}
	return out
}
