package main

import (
	"slices"
	"strings"

	"dits/tensorstore/digest"
)

// A graph draws the lines between commits: a column for each line of history that is
// open, the commit that each waits for in it.
type graph struct{ columns []digest.ID }

// draw puts the columns before each line of a commit's text. Lines that split go right
// below the first, those that join below the last.
func (g *graph) draw(id digest.ID, parents []digest.ID, text string) string {
	at := slices.Index(g.columns, id)
	if at < 0 {
		at = len(g.columns)
		g.columns = append(g.columns, id)
	}
	var b strings.Builder
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	first := g.row(at, "*")
	b.WriteString(first + lines[0] + "\n")
	b.WriteString(g.split(at, parents))
	rest := g.row(-1, "")
	if len(parents) == 0 { // the column ends here; the text stays beside it
		rest = g.row(at, " ")
		g.columns = slices.Delete(g.columns, at, at+1)
	}
	for _, line := range lines[1:] {
		b.WriteString(strings.TrimRight(rest+line, " ") + "\n")
	}
	if len(parents) > 0 {
		b.WriteString(g.join(at, parents[0]))
	}
	return b.String()
}

// row is the columns, that at index at drawn as mark.
func (g *graph) row(at int, mark string) string {
	var b strings.Builder
	for i := range g.columns {
		if i == at {
			b.WriteString(mark + " ")
		} else {
			b.WriteString("| ")
		}
	}
	return b.String()
}

// split makes a commit's column wait for its parents, of which the second and later
// ones open columns unless one waits for them already; it returns the lines for that.
func (g *graph) split(at int, parents []digest.ID) string {
	var out strings.Builder
	for i, p := range parents {
		switch {
		case i == 0:
			g.columns[at] = p
		case !slices.Contains(g.columns, p):
			out.WriteString(strings.TrimRight(g.row(at, "|\\"), " ") + "\n")
			g.columns = slices.Insert(g.columns, at+1, p)
		}
	}
	return out.String()
}

// join makes one column of two that wait for the same commit, the one at index at and
// another, and returns the line for that.
func (g *graph) join(at int, parent digest.ID) string {
	first := slices.Index(g.columns, parent)
	last := at
	if first == at {
		i := slices.Index(g.columns[at+1:], parent)
		if i < 0 {
			return ""
		}
		last = at + 1 + i
	}
	line := strings.Repeat("| ", last-1) + "|/" + strings.Repeat(" |", len(g.columns)-last-1)
	g.columns = slices.Delete(g.columns, last, last+1)
	return line + "\n"
}
