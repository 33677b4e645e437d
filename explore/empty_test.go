package explore

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// An empty file has no segment to ask about, and an empty tensor no chunk.
func TestEmptyFiles(t *testing.T) {
	f := newFixture(t)
	f.write("empty.bin", nil)
	f.write("empty.safetensors", safetensors(`{"none":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},`+
		`"one":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, make([]byte, 4)))
	f.commit("empty")
	e := explorerOf(f)
	rows := ask[Sharing](t, e, "sharing", nil)
	empty, model := rows.row(t, "empty.bin", "main"), rows.row(t, "empty.safetensors", "main")
	require.Empty(t, empty.Blobs)
	for i, n := range rows.Layouts[model.Layout].Lens {
		about := "file=" + model.File.String() + "&segment=" + itoa(i)
		require.Equal(t, 200, status(e, "chunks?"+about))
		require.Equal(t, 200, status(e, "sharers?"+about))
		want := 200
		if n == 0 {
			want = 404
		}
		require.Equal(t, want, status(e, "sharers?chunk=0&"+about))
	}
	for _, question := range []string{"chunks?", "sharers?", "sharers?chunk=0&", "chunks?segment=0&"} {
		require.Equal(t, 404, status(e, question+"file="+empty.File.String()), question)
	}
}
