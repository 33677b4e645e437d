package diff

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Of a text that is very long its length is told, and of many keys those that are listed become JSON.
func TestLongMetadata(t *testing.T) {
	a := map[string]string{"long": strings.Repeat("a", maxShown+1), "short": "1", "same": "s", "gone": "g"}
	b := map[string]string{"long": strings.Repeat("b", maxShown+1), "short": "2", "same": "s", "came": "c"}
	keys := differing(a, b, func(x, y string) bool { return x == y })
	require.Equal(t, []string{"came", "gone", "long", "short"}, keys)
	require.Regexp(t, `^"1048577 bytes, [0-9a-f]{10}"$`, string(asText(a, "long")))
	require.NotEqual(t, asText(a, "long"), asText(b, "long"))
	require.Equal(t, `"1"`, string(asText(a, "short")))
	require.Nil(t, asText(a, "came"))

	many := map[string]string{}
	for i := range 100_000 {
		many[fmt.Sprint(i)] = "x"
	}
	n := testing.AllocsPerRun(1, func() { require.Len(t, differing(many, nil, func(x, y string) bool { return x == y }), maxKeys) })
	require.Less(t, n, 1000.0)
}
