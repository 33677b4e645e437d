package work

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		dir, want     bool
	}{
		{"*.bin", "a.bin", false, true},
		{"*.bin", "x/y/a.bin", false, true},
		{"*.bin", "a.bin2", false, false},
		{"/a", "a", false, true},
		{"/a", "x/a", false, false},
		{"x/a", "x/a", false, true},
		{"x/a", "y/x/a", false, false},
		{"cache/", "cache", true, true},
		{"cache/", "cache", false, false},
		{"cache/", "x/cache", true, true},
		{"a/**/b", "a/b", false, true},
		{"a/**/b", "a/x/y/b", false, true},
		{"**/b", "b", false, true},
		{"**/b", "x/b", false, true},
		{"a/**", "a/x", false, true},
		{"a/**", "a", true, false},
		{"a?c", "abc", false, true},
		{"a?c", "a/c", false, false},
		{"[!a]x", "bx", false, true},
		{"[!a]x", "ax", false, false},
		{"\\#x", "#x", false, true},
		{"\\!x", "!x", false, true},
		{"x\\ ", "x ", false, true},
		{"x  ", "x", false, true},
	} {
		g, ok := parseGlob(c.pattern)
		require.True(t, ok, c.pattern)
		require.Equal(t, c.want, g.match(c.path, c.dir), "%q on %q", c.pattern, c.path)
	}
	for _, line := range []string{"", "  ", "# x", "/", "!", "[a", "a/[/b"} {
		_, ok := parseGlob(line)
		require.False(t, ok, "%q", line)
	}
}
