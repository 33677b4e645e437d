package refs

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"main", "mian", 1}, {"ab", "ba", 1}, {"stash", "stats", 2}, {"x", "x", 0}} {
		require.Equal(t, c.want, editDistance(c.a, c.b), "%s %s", c.a, c.b)
		require.Equal(t, c.want, editDistance(c.b, c.a))
	}
}

func TestNearest(t *testing.T) {
	commands := []string{"status", "stats", "derive", "diff", "checkout", "commit", "log", "add"}
	for _, c := range []struct {
		name string
		want []string
	}{
		{"stauts", []string{"status", "stats"}}, {"chekcout", []string{"checkout"}}, {"comit", []string{"commit"}}, {"stat", []string{"status", "stats"}},
		{"ad", []string{"add"}}, {"stash", nil}, {"describe", nil}, {"show", nil}, {"a", nil},
	} {
		require.ElementsMatch(t, c.want, Nearest(c.name, commands), c.name)
	}
}
