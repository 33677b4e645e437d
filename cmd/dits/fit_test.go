package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCut(t *testing.T) {
	red := palette(true).paint(red, "layers.10.proj")
	for _, tt := range []struct{ got, want string }{
		{cutMiddle("short", 5), "short"},
		{cutMiddle("model.layers.10.proj", 11), "mode…0.proj"},
		{cutMiddle("├─ "+red, 9), "├─ \x1b[31ml…proj\x1b[m"},
		{cutMiddle("模型模型模型", 7), "模…型"},
		{cutEnd("model.layers", 6), "model…"},
		{cutEnd(red, 7), "\x1b[31mlayers…\x1b[m"},
		{cutEnd("模型模型", 4), "模…"},
		{cutEnd("x", 0), "…"},
	} {
		require.Equal(t, tt.want, tt.got)
	}
}

// TestFit cuts the columns that give way first, and then the ends of rows.
func TestFit(t *testing.T) {
	const long = "model.layers.10.self_attn.q_proj.weight"
	for _, tt := range []struct {
		width int
		want  string
	}{
		{0, long + "  12 KiB  difference to base\na" + strings.Repeat(" ", 43) + "1 B\n"},
		{60, "model.layers.…attn.q_proj.weight  12 KiB  difference to base\na                                    1 B\n"},
		{40, "model.laye…q_proj.weight  12 KiB  diffe…\na                            1 B\n"},
	} {
		table := &table{width: tt.width, give: []int{0}}
		table.rightAlign(1)
		table.row(long, "12 KiB", "difference to base")
		table.row("a", "1 B")
		var b strings.Builder
		require.NoError(t, table.write(&b))
		require.Equal(t, tt.want, b.String())
	}
}
