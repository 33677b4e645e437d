package explore

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/lineage"
)

// A file says what inspect and lineage say of it.
func TestFile(t *testing.T) {
	s := tell(t)
	for _, c := range []struct{ rev, path, format string }{
		{"main", "model.safetensors", "safetensors"},
		{"ft", "model.safetensors", "safetensors"},
		{"main", "q/model-Q4_K_M.gguf", "gguf"},
		{"lora", "adapter_model.safetensors", "safetensors"},
	} {
		f := answer[File](s, "file", "rev="+c.rev+"&path="+c.path)
		require.Equal(t, c.format, f.Format)
		want, err := s.Lineage(lineage.Options{Rev: c.rev, Path: c.path})
		require.NoError(t, err)
		of := want.Files[len(want.Files)-1]
		for _, w := range want.Files {
			if w.Path == c.path && w.Rev == "" {
				of = w
			}
		}
		require.Equal(t, of.Size, f.Size)
		require.Len(t, f.Tensors, of.Tensors)
		require.Equal(t, of.Tensors, f.Report.TensorCount)
		var stored, bytes int64
		for i, x := range f.Tensors {
			require.Equal(t, want.Tensors[i].Name, x.Name)
			require.Equal(t, want.Tensors[i].Kind, x.Kind)
			require.Equal(t, want.Tensors[i].Stored, x.Stored)
			if sources := want.Tensors[i].Sources; len(sources) > 0 {
				require.Equal(t, sources[0].Path, f.Sources[x.Source].Path)
			} else {
				require.Equal(t, -1, x.Source)
			}
			stored += x.Stored
		}
		require.Equal(t, of.Stored, stored)
		for _, k := range f.Kept {
			bytes += k.Bytes
			switch k.How {
			case lineage.Same:
				require.Equal(t, of.Same, k.Bytes)
				require.Zero(t, k.Stored)
			case lineage.Recomputed:
				require.Equal(t, of.Derived, k.Bytes)
				require.Equal(t, of.Residual, k.Stored)
			case lineage.ForItself:
				require.Equal(t, of.NewBytes, k.Bytes)
			}
		}
		var byType int64
		for _, d := range f.DTypes {
			byType += d.Bytes
		}
		require.Equal(t, bytes, byType)
		stats, err := s.Stats(t.Context(), c.rev)
		require.NoError(t, err)
		for _, space := range stats.ByFile {
			if space.Digest == f.Files[0] {
				require.Equal(t, space.Stored, f.Needs)
			}
		}
	}
}

// Of another file there is the text, if it is some; what is not there is said.
func TestFileOther(t *testing.T) {
	s := tell(t)
	s.write("raw.bin", noise(1, 1000))
	s.write("long.txt", []byte(strings.Repeat("x", mostText+1)))
	s.write(`<img src=x onerror=alert(1)>.txt`, []byte("<b>"))
	s.commit("others")
	config := answer[File](s, "file", "path=config.json")
	require.Equal(t, "main", config.Rev)
	require.Equal(t, []string{"main", "ft", "lora", "v1"}, config.Refs)
	require.Empty(t, config.Format)
	require.Nil(t, config.Report)
	require.Contains(t, *config.Text, "LlamaForCausalLM")
	for _, path := range []string{"raw.bin", "long.txt"} {
		require.Nil(t, answer[File](s, "file", "path="+path).Text, path)
	}
	require.Equal(t, "<b>", *answer[File](s, "file", "path=%3Cimg+src%3Dx+onerror%3Dalert%281%29%3E.txt").Text)
	for _, about := range []string{"path=nothing", "", "path=config.json&rev=nowhere", "path=q", "model=x&path=config.json"} {
		require.Equal(t, 404, s.refused("file", about), about)
	}
}
