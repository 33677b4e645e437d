package safetensors_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/formats"
	"dits/formats/formatstest"
	"dits/formats/safetensors"
)

// entries are n keys with values, joined; each starts with its number.
func entries(n int, value string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"%x%s`, i, value)
	}
	return b.String()[1:]
}

// The largest headers take less than 768 MiB in all, not at once, and are refused where they have more than a layout may.
func TestBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("short: headers of 100 MB were not read")
	}
	const empty = `":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`
	deep := `":{"dtype":"U8","shape":[` + strings.Repeat("0,", 63) + `0],"data_offsets":[0,0]}`
	for name, c := range map[string]struct{ header, want string }{
		"tensors":       {"{" + entries(formats.MaxTensors+1, empty) + "}", "more than 1048576 tensors"},
		"most tensors":  {"{" + entries(formats.MaxTensors, empty) + "}", ""},
		"dimensions":    {"{" + entries(formats.MaxShapes/64+1, deep) + "}", "more than 8388608 dimensions"},
		"metadata":      {`{"__metadata__":{` + entries(1<<20+1, `":""`) + "}}", "more than 1048576 keys"},
		"one long name": {`{"` + strings.Repeat("n", 99_000_000) + empty + "}", "tensor name length"},
		"one long text": {`{"__metadata__":{"k":"` + strings.Repeat("n", 99_000_000) + `"}}`, ""},
	} {
		file := formatstest.Safetensors(c.header, nil)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := safetensors.Parser{}.Parse(bytes.NewReader(file), int64(len(file)))
		runtime.ReadMemStats(&after)
		if c.want == "" {
			require.NoError(t, err, name)
		} else {
			require.ErrorContains(t, err, c.want, name)
			require.Less(t, len(err.Error()), 1000)
		}
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(768<<20), name)
		t.Logf("%s: %d MiB for %d MB", name, (after.TotalAlloc-before.TotalAlloc)>>20, len(file)/1e6)
	}
}
