package explore

import (
	"context"
	"encoding/json"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

// A report has what is worth comparing, and the comparisons, under the keys that the page asks with.
func TestReportHasLayers(t *testing.T) {
	e, _ := branches(t)
	r, err := e.Collect(context.Background())
	require.NoError(t, err)
	require.Contains(t, r.answers, "pairs?model=acme%2Ftiny")
	for _, about := range []url.Values{
		{"model": {"acme/tiny"}, "from": {"main"}, "to": {"ft"}, "path": {"model.safetensors"}},
		{"model": {"acme/tiny"}, "from": {"main"}, "to": {"quants"}, "from_path": {"model.safetensors"}, "to_path": {"model-Q8_0.gguf"}},
	} {
		want, err := json.Marshal(asked[*Layers](t, e, "layers?"+about.Encode()))
		require.NoError(t, err)
		require.JSONEq(t, string(want), string(r.answers[key("layers", about)]))
	}
}
