package main

import (
	"bytes"
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

// Rows of an answer are printed as they come, once the first have told how wide columns are.
func TestTableRowsAreNotKept(t *testing.T) {
	var out bytes.Buffer
	w := &tableRows{w: &out}
	for n := range int64(3 * keptRows) {
		if err := w.row([]string{"n", "text"}, []any{n, "x"}); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Count(out.String(), "\n"); got != 3*keptRows+1 {
		t.Errorf("%d lines before the end, want %d", got, 3*keptRows+1)
	}
	if !strings.HasSuffix(out.String(), "\n2999  x\n") || !strings.HasPrefix(out.String(), "  n  text\n  0  x\n") {
		t.Errorf("got %.40q", out.String())
	}
	if err := w.end(); err != nil || len(w.table.rows) != 0 {
		t.Errorf("%d rows left, %v", len(w.table.rows), err)
	}
}
