package main

import (
	"strings"
	"testing"

	"dits/tensorstore/digest"
)

// graphs are histories given as "commit parent…", newest first, and how they are drawn
// when each commit has two lines of text.
var graphs = []struct{ name, history, want string }{
	{"line", "c b\nb a\na", `
* c
| C
* b
| B
* a
  A
`},
	{"fork", "c a\nb a\na", `
* c
| C
| * b
| | B
|/
* a
  A
`},
	{"fork of three, with a column beside the join", "c x\nb a\na r\nd r\nx r\nr", `
* c
| C
| * b
| | B
| * a
| | A
| | * d
| | | D
| |/
* | x
| | X
|/
* r
  R
`},
	{"merge", "m a b\na r\nb r\nr", `
* m
|\
| | M
* | a
| | A
| * b
| | B
|/
* r
  R
`},
	{"two roots", "b\na", `
* b
  B
* a
  A
`},
}

func TestGraph(t *testing.T) {
	for _, test := range graphs {
		t.Run(test.name, func(t *testing.T) {
			g := &graph{}
			got := "\n"
			for line := range strings.Lines(test.history) {
				words := strings.Fields(line)
				var parents []digest.ID
				for _, p := range words[1:] {
					parents = append(parents, digest.Sum([]byte(p)))
				}
				got += g.draw(digest.Sum([]byte(words[0])), parents, words[0]+"\n"+strings.ToUpper(words[0])+"\n")
			}
			if got != test.want {
				t.Errorf("got:%s\nwant:%s", got, test.want)
			}
			if len(g.columns) > 0 {
				t.Errorf("%d columns are left open", len(g.columns))
			}
		})
	}
}
