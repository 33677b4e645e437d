package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTableOfWideText: characters that take two columns, or none, do not move what follows them.
func TestTableOfWideText(t *testing.T) {
	var b strings.Builder
	table := &table{}
	table.row("分词器.json", "1")
	table.row("größe", "2")
	table.row("gro\u0308ße", "3") // the same in decomposed form
	table.row("\x1b[1mplain\x1b[m", "4")
	require.NoError(t, table.write(&screen{out: &b, palette: true}))
	require.Equal(t, "分词器.json  1\ngröße        2\ngro\u0308ße        3\n\x1b[1mplain\x1b[m        4\n", b.String())
}
