package formats_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/formats/formatstest"
)

// Every prefix of a file is cut off, and says by how much once its header is there; a whole file is not.
func TestCutOff(t *testing.T) {
	st := formatstest.Safetensors(`{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"F32","shape":[2],"data_offsets":[3,11]}}`, make([]byte, 11))
	gg := formatstest.GGUF{NoTail: true, Tensors: []formatstest.GGUFTensor{{Name: "a", Data: make([]byte, 4)}, {Name: "b", Data: make([]byte, 4)}}}.Build()
	for path, c := range map[string]struct {
		file   []byte
		header int // bytes by which all is known
	}{
		"m.safetensors": {st, len(st) - 11},
		"m.gguf":        {gg, 24 + 2*(8+1+4+4+8)},
	} {
		for n := range c.file {
			cut, err := formats.CutOff(bytes.NewReader(c.file[:n]), int64(n), path, parsers...)
			require.NoError(t, err)
			require.NotNil(t, cut, "%s of %d bytes", path, n)
			if n >= c.header {
				require.EqualValues(t, len(c.file), cut.Want, "%s of %d bytes", path, n)
				require.Len(t, cut.Layout.Tensors, 2)
			} else {
				require.LessOrEqual(t, cut.Want, int64(len(c.file)))
				require.Nil(t, cut.Layout)
			}
		}
		cut, err := formats.CutOff(bytes.NewReader(c.file), int64(len(c.file)), path, parsers...)
		require.NoError(t, err)
		require.Nil(t, cut)
	}
	for _, other := range []string{"# text", "version https://git-lfs.github.com/spec/v1\n", "<!DOCTYPE html><p>", "", "GGU"} {
		cut, err := formats.CutOff(bytes.NewReader([]byte(other)), int64(len(other)), "README.md", parsers...)
		require.NoError(t, err)
		require.Nil(t, cut, "%q", other)
	}
}

func TestFindStandIn(t *testing.T) {
	for text, want := range map[string]*formats.StandIn{
		"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n": {LFS: true, OID: "sha256:ab", Size: 12},
		"version https://git-lfs.github.com/spec/v1\nsize x":                   {LFS: true},
		"<!DOCTYPE html>\n<title>":                                             {}, "\ufeff \n<HTML lang=de>": {},
		"version 1": nil, "": nil, "<p>": nil, "GGUF": nil,
	} {
		require.Equal(t, want, formats.FindStandIn([]byte(text)), "%q", text)
	}
}
