package diff

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// index is an index of 90,000 names in two shards, some of them moved to the second.
func index(moved int) []byte {
	names := map[string]string{}
	for i := range 90_000 {
		shard := 1
		if i < moved {
			shard = 2
		}
		names[fmt.Sprintf("model.layers.%d.weight", i)] = fmt.Sprintf("model-%05d-of-00002.safetensors", shard)
	}
	text, _ := json.Marshal(map[string]any{"metadata": map[string]any{"total_size": 1000 + moved}, "weight_map": names})
	return text
}

// TestSumKeys sums up what is long and lists what is not.
func TestSumKeys(t *testing.T) {
	diff := func(a, b string) FileDiff {
		fa, fb := flatten([]byte(a)), flatten([]byte(b))
		return FileDiff{Metadata: diffKeys(fa, fb), Sums: sumKeys(fa, fb)}
	}
	d := diff(string(index(0)), string(index(12)))
	require.Equal(t, []KeySum{{Key: "weight_map", A: 90_000, B: 90_000, Changed: 12}}, d.Sums)
	require.Len(t, d.Metadata, 13)
	require.Len(t, d.Listed(), 1)
	require.Equal(t, "metadata.total_size", d.Listed()[0].Key)

	few := diff(string(index(0)), string(index(fewKeys)))
	require.Empty(t, few.Sums)
	require.Len(t, few.Listed(), fewKeys+1)

	short := `{"weight_map": {"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1}}`
	d = diff(short, strings.ReplaceAll(short, "1", "2"))
	require.Equal(t, []KeySum{{Key: "weight_map", A: 9, B: 9, Changed: 9}}, d.Sums, "the index of shards, however short")

	// Keys of the file itself, beside an object whose keys are few; a key with a dot is no object's.
	many := ""
	for i := range longObject {
		many += fmt.Sprintf(`,"k%d":1`, i)
	}
	d = diff(`{"in": {"x": 1}, "in.y": 1, "a": 1}`, `{"in": {"x": 2}, "a": 2`+many+"}")
	require.Equal(t, []KeySum{{Key: "", A: 1, B: longObject + 1, Changed: 1, Added: longObject}}, d.Sums)
	require.Len(t, d.Listed(), 2)
	require.Equal(t, []string{"in.x", "in.y"}, []string{d.Listed()[0].Key, d.Listed()[1].Key})
}
