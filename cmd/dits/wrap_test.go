package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Messages break between words, and not in what is to be typed.
func TestWrapped(t *testing.T) {
	const text = "model.safetensors came after 2 quants: `dits why --measure model.safetensors` says what a repack saves"
	require.Equal(t, text, wrapped(text, 0))
	require.Equal(t, "model.safetensors came after 2 quants:\n"+
		"`dits why --measure model.safetensors`\nsays what a repack saves", wrapped(text, 40))
	require.Equal(t, "one `quote that ends\nnowhere at all", wrapped("one `quote that ends nowhere at all", 24))
	require.Equal(t, "a\n  b", wrapped("a\n  b", 80))
}
