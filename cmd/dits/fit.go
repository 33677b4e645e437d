package main

import (
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
	"github.com/mitchellh/go-wordwrap"
)

// leastColumn is how narrow a column becomes to make room for others.
const leastColumn = 24

// fit cuts cells until all rows fit the width.
func (t *table) fit() {
	if t.width <= 0 {
		return
	}
	for _, c := range t.spare {
		if t.least() > t.width {
			t.leaveOut(c)
		}
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
			if t.gone[i] {
				continue
			}
			row[i] = cutEnd(row[i], max(0, t.width-at))
			at += max(widths[i], textWidth(row[i])) + max(t.gap, 2)
		}
	}
}

// wrapLast breaks the cells of the last column that are wider than the room for them.
func (t *table) wrapLast() {
	if t.width <= 0 || t.wrap == 0 {
		return
	}
	at := textWidth(t.indent)
	for _, w := range t.widths()[:t.wrap] {
		at += w + max(t.gap, 2)
	}
	var rows [][]string
	for i, row := range t.rows {
		if len(row) <= t.wrap {
			rows = append(rows, row)
			continue
		}
		lines := strings.Split(wordwrap.WrapString(row[t.wrap], uint(max(leastColumn, t.width-at))), "\n")
		rows = append(rows, append(row[:t.wrap], lines[0]))
		for _, line := range lines[1:] {
			more := append(make([]string, t.wrap), line)
			if i < len(t.under) {
				more[0] = t.under[i]
			}
			rows = append(rows, more)
		}
	}
	t.rows = rows
}

// least is the width of the widest row once all columns that give way have done so.
func (t *table) least() int {
	least := t.breadth()
	for _, c := range t.give {
		least -= max(0, t.widest(c)-leastColumn)
	}
	return least
}

// tooWide says that rows do not fit the terminal.
func (t *table) tooWide() bool { return t.width > 0 && t.breadth() > t.width }

// leaveOut leaves out a column.
func (t *table) leaveOut(c int) {
	if t.gone == nil {
		t.gone = map[int]bool{}
	}
	t.gone[c] = true
}

// breadth is the width of the widest row.
func (t *table) breadth() (widest int) {
	widths := t.widths()
	for _, row := range t.rows {
		at := textWidth(t.indent) - max(t.gap, 2)
		for i, cell := range row {
			if t.gone[i] {
				continue
			}
			at += max(t.gap, 2)
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

// cutColumn cuts what is wider than that.
func (t *table) cutColumn(c, width int) {
	cut := cutName
	if t.ends[c] {
		cut = cutEnd
	}
	for _, row := range t.rows {
		if c < len(row) {
			row[c] = cut(row[c], width)
		}
	}
}

// Parts of the name of a tensor that are shortened last, and what stands for a name before the one in another file.
const (
	partsThatTell = 3
	renamedTo     = "… → "
)

// cutName is the name of a tensor in at most width columns. Numbers of layers stay:
// "model.layers.10.self_attn.q_proj.weight" is "m…l…10.self_attn.q_proj.weight", and then "m…l…10.self_attn.q_proj…".
// Of "a → b" a goes first. Another text loses its middle.
func cutName(text string, width int) string {
	if textWidth(text) <= width {
		return text
	}
	if _, b, ok := strings.Cut(text, renamedTo[len("…"):]); ok && width > leastColumn/2 {
		return renamedTo + cutName(b, width-textWidth(renamedTo))
	}
	parts := strings.Split(text, ".")
	if len(parts) < partsThatTell || strings.ContainsAny(text, " \x1b") {
		return cutMiddle(text, width)
	}
	last := len(parts) - 1
	parts = shortened(parts, 0, last+1-partsThatTell, width)
	if parts[last] == "weight" && textWidth(joined(parts)) > width {
		parts[last-1], parts = parts[last-1]+"…", parts[:last]
	}
	return cutMiddle(joined(shortened(parts, 0, len(parts)-1, width)), width)
}

// shortened leaves of words from one part up to another as much as there is room for, a letter at least, and "…".
func shortened(parts []string, from, to, width int) []string {
	for i := from; i < to; i++ {
		over, w := textWidth(joined(parts))-width, textWidth(parts[i])
		if over > 0 && w > 2 && !strings.HasSuffix(parts[i], "…") {
			parts[i] = without(parts[i], max(1, w-over), w)
		}
	}
	return parts
}

// joined is parts with dots between them, but after "…".
func joined(parts []string) string {
	return strings.ReplaceAll(strings.Join(parts, "."), "….", "…")
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
