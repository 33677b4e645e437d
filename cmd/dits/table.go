package main

import (
	"io"
	"strings"
)

// A table is rows of text in aligned columns. A row may have fewer cells than others.
type table struct {
	indent string
	gap    int // spaces between columns; 0 is 2
	narrow int // least width of a column but the last in its row
	right  map[int]bool
	fixed  []int // widths that do not depend on the rows; nil: they do
	rows   [][]string

	// Where rows are wider than the terminal, these give way in this order, then the ends of rows.
	width int          // of the terminal; 0: any
	spare []int        // columns that are left out, the first one first
	give  []int        // columns that are cut, the first one first: names lose parts that tell little
	ends  map[int]bool // of those the ones that lose their end
	gone  map[int]bool // columns that were left out
	wrap  int          // the last column, whose words go on in rows below; 0: none
	under []string     // what these have in their first column, for each row; nil: nothing
}

// row adds a row.
func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// rightAlign says which columns hold numbers.
func (t *table) rightAlign(columns ...int) {
	t.right = map[int]bool{}
	for _, c := range columns {
		t.right[c] = true
	}
}

// write writes the rows, each column as wide as its widest cell. The last cell of a
// row is not padded and does not make its column wider.
func (t *table) write(w io.Writer) error {
	t.makeVisible(paletteOf(w))
	t.wrapLast()
	t.fit()
	widths := t.widths()
	p := &printer{w: w}
	for _, row := range t.rows {
		var b strings.Builder
		b.WriteString(t.indent)
		for i, cell := range row {
			if t.gone[i] {
				continue
			}
			if i > 0 {
				b.WriteString(strings.Repeat(" ", max(t.gap, 2)))
			}
			space := strings.Repeat(" ", max(0, widths[i]-textWidth(cell)))
			if t.right[i] {
				b.WriteString(space + cell)
			} else {
				b.WriteString(cell + space)
			}
		}
		p.f("%s\n", strings.TrimRight(b.String(), " "))
	}
	return p.err
}

// makeVisible leaves no control characters in cells but those of the palette.
func (t *table) makeVisible(c palette) {
	for _, row := range t.rows {
		for i := range row {
			row[i] = c.visible(row[i])
		}
	}
}

// widths are those of the columns, colours apart.
func (t *table) widths() []int {
	if t.fixed != nil {
		return t.fixed
	}
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, t.narrow)
			}
			if i < len(row)-1 || t.right[i] {
				widths[i] = max(widths[i], textWidth(cell))
			}
		}
	}
	return widths
}
