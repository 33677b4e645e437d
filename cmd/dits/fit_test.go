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

// TestCutName: numbers of layers stay, and what tells one tensor from another as long as it can.
func TestCutName(t *testing.T) {
	const unet = "down_blocks.0.attentions.1.transformer_blocks.0.attn1.to_q.weight"
	for _, tt := range []struct {
		name  string
		width int
		want  string
	}{
		{"model.norm.weight", 17, "model.norm.weight"},
		{"model.layers.10.self_attn.q_proj.weight", 38, "mode…layers.10.self_attn.q_proj.weight"},
		{"model.layers.10.self_attn.q_proj.weight", 30, "m…l…10.self_attn.q_proj.weight"},
		{"model.layers.10.self_attn.q_proj.weight", 24, "m…l…10.self_attn.q_proj…"},
		{"model.layers.10.self_attn.q_proj.weight", 20, "m…l…10.self_…q_proj…"},
		{unet, 40, "d…0.a…1.transformer_…0.attn1.to_q.weight"},
		{unet, 24, "d…0.a…1.t…0.attn1.to_q…"},
		{"a.b.weight → blk.0.attn_q.weight", 24, "… → blk.0.attn_q.weight"},
		{"unet/model.safetensors @ main", 20, "unet/mod…sors @ main"},
		{"层.模型模型.0.权重", 12, "层.模…0.权重"},
	} {
		got := cutName(tt.name, tt.width)
		require.Equal(t, tt.want, got)
		require.LessOrEqual(t, textWidth(got), tt.width)
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
		{60, "m…lay…10.self_attn.q_proj.weight  12 KiB  difference to base\na                                    1 B\n"},
		{40, "m…l…10.self_attn.q_proj…  12 KiB  diffe…\na                            1 B\n"},
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
