package main

import (
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// leastColumn is how narrow a column becomes to make room for others.
const leastColumn = 24

// fit cuts cells until all rows fit the width.
func (t *table) fit() {
	if t.width <= 0 {
		return
	}
	for _, c := range t.give {
		over := t.breadth() - t.width
		if over <= 0 {
			return
		}
		t.cutColumn(c, max(leastColumn, t.widest(c)-over))
	}
	widths := t.widths()
	for _, row := range t.rows {
		at := textWidth(t.indent)
		for i := range row {
			row[i] = cutEnd(row[i], max(0, t.width-at))
			at += max(widths[i], textWidth(row[i])) + max(t.gap, 2)
		}
	}
}

// breadth is the width of the widest row.
func (t *table) breadth() (widest int) {
	widths := t.widths()
	for _, row := range t.rows {
		at := textWidth(t.indent) + max(t.gap, 2)*(len(row)-1)
		for i, cell := range row {
			if i == len(row)-1 && !t.right[i] {
				at += textWidth(cell)
			} else {
				at += widths[i]
			}
		}
		widest = max(widest, at)
	}
	return widest
}

// widest is the width of the widest cell of a column.
func (t *table) widest(c int) (widest int) {
	for _, row := range t.rows {
		if c < len(row) {
			widest = max(widest, textWidth(row[c]))
		}
	}
	return widest
}

// cutColumn leaves out the middle of what is wider than that.
func (t *table) cutColumn(c, width int) {
	for _, row := range t.rows {
		if c < len(row) {
			row[c] = cutMiddle(row[c], width)
		}
	}
}

// cutMiddle is text in at most width columns: its beginning, "…", and its end, which says most of a name.
func cutMiddle(text string, width int) string {
	all := textWidth(text)
	if all <= width {
		return text
	}
	end := max(0, width-1) * 3 / 5
	return without(text, max(0, width-1-end), all-end)
}

// cutEnd is text in at most width columns, its end left out.
func cutEnd(text string, width int) string {
	all := textWidth(text)
	if all <= width {
		return text
	}
	return without(text, max(0, width-1), all)
}

// without is text with "…" in place of its columns from up to to. Colours stay.
func without(text string, from, to int) string {
	var b strings.Builder
	at, left := 0, false
	for len(text) > 0 {
		if loc := rendition.FindStringIndex(text); loc != nil && loc[0] == 0 {
			b.WriteString(text[:loc[1]])
			text = text[loc[1]:]
			continue
		}
		r, n := utf8.DecodeRuneInString(text)
		width := runewidth.RuneWidth(r)
		if at+width <= from || at >= to {
			b.WriteString(text[:n])
		} else if !left {
			b.WriteString("…")
			left = true
		}
		at += width
		text = text[n:]
	}
	return b.String()
}
