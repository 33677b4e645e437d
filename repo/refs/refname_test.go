package refs

import (
	"strings"
	"testing"

	"dits/repo/object"

	"github.com/stretchr/testify/require"
)

// The cases are those of git's t1402-check-ref-format.
func TestCheckRefName(t *testing.T) {
	good := []string{"refs/heads/main", "refs/heads/a/b/c", "refs/heads/a-b.c", "refs/tags/v1.0", "refs/heads/@",
		"refs/heads/ü", "refs/heads/a@b", "refs/heads/foo{bar", "refs/heads/.dits2"[:11] + "x"}
	bad := []string{"", "heads/main", "main", "refs/", "refs//a", "refs/heads/", "/refs/heads/a", "refs/heads/a/",
		"refs/heads/.a", "refs/heads/a.lock", "refs/a.lock/b", "refs/heads/a..b", "refs/heads/a b", "refs/heads/a~b",
		"refs/heads/a^", "refs/heads/a:b", "refs/heads/a?", "refs/heads/a*", "refs/heads/a[b", "refs/heads/a\\b",
		"refs/heads/a\x7f", "refs/heads/a\n", "refs/heads/a.", "refs/heads/a@{1}", "refs/heads/../../x", "refs/heads/\xff",
		"refs/heads/" + strings.Repeat("a", 300)}
	for _, name := range good {
		require.NoError(t, object.CheckRefName(name), "%q", name)
	}
	for _, name := range bad {
		require.Error(t, object.CheckRefName(name), "%q", name)
	}
	for _, name := range []string{"HEAD", "@", "-x", strings.Repeat("a", 64)} {
		_, err := BranchRef(name)
		require.Error(t, err, name)
	}
}
