package merge

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/tensorstore/digest"
)

// TestTriples pairs what each side calls a file of the base; a file is "path=content".
func TestTriples(t *testing.T) {
	like := func(a, b object.TreeFile) bool { return b.ID != digest.Sum([]byte("unlike")) }
	for _, tt := range []struct{ base, ours, theirs, want string }{
		{"p=1", "q=1", "q=unlike", "q:,,q q:p,q,"},                                                     // p went, and q is something else
		{"a/c=1 b/c=1", "c/c=1", "a/c=2 b/c=1", "a/c:a/c,,a/c b/c:b/c,,b/c c/c:,c/c,"},                 // either may be c/c
		{"a/c=1 b/c=1", "c/c=1 d/c=1", "a/c=2 b/c=1", "a/c:a/c,,a/c b/c:b/c,,b/c c/c:,c/c, d/c:,d/c,"}, // and so here
		{"p=1", "q=1", "p=2", "q:p,q,p"},
		{"p=1", "p=2", "q=1", "q:p,p,q"},
		{"p=1", "q=1", "q=1", "q:p,q,q"},
		{"p=1", "q=1", "r=1", "q:p,q,r"},
		{"p=1", "q=1", "q=2", "q:p,q,q"},                // renamed and changed
		{"p=1", "q=1", "q=2 z=1", "q:,,q q:p,q,z"},      // renamed to z, and something new
		{"p=1", "q=1", "p=1 q=2", "q:,,q q:p,q,p"},      // p is still there: q is something new
		{"p=1 q=2", "p=1 r=2", "q=1", "p:p,p, r:q,r,q"}, // p went: q is what it was, with another content
		{"p=1", "p=1", "p=1 q=1", "p:p,p,p q:,,q"},      // a copy
	} {
		m := &Merge{strategy: None, like: like}
		var got []string
		for _, x := range m.triples(parse(tt.base), parse(tt.ours), parse(tt.theirs)) {
			got = append(got, x.path+":"+x.base.Path+","+x.ours.Path+","+x.theirs.Path)
		}
		require.Equal(t, tt.want, strings.Join(got, " "), "%s: %s | %s", tt.base, tt.ours, tt.theirs)
	}
}

func parse(files string) (out []object.TreeFile) {
	for _, f := range strings.Fields(files) {
		path, content, _ := strings.Cut(f, "=")
		out = append(out, object.TreeFile{Path: path, Mode: object.ModeFile, ID: digest.Sum([]byte(content)), Size: 1})
	}
	return out
}
