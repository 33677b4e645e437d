package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"dits/formats/number"
	"dits/repo/diff"
)

// mostStacks is how many stacks of layers have a table each. Where there are more, as in a UNet, one table has a row for
// each layer of each.
const mostStacks = 3

// A layerTable is how far the modules of layers have changed, for people.
type layerTable struct {
	*screen
	all     bool // also what did not change
	width   int  // columns of the terminal; 0: any
	largest float64
	one     bool // all stacks are rows of one table
	stacks  []*stack
	others  []diff.LayerDiff // modules in no layer
}

// A stack is layers with the same modules, one below the other.
type stack struct {
	name    string
	modules []string
	rows    []*layerRow
	apart   map[string][]*layerRow // layers that only one side has: "removed" and "added"
}

// A layerRow is a layer, or several that say the same.
type layerRow struct {
	label, last string
	cells       map[string]diff.LayerDiff // by module
	marks       map[string]string         // modules with tensors that only one side has: "removed" or "added"
	changed     bool
}

// newLayerTable sorts cells into rows. Of tensors those count that only one side has, and are in no cell.
func newLayerTable(s *screen, cells []diff.LayerDiff, tensors []diff.TensorDiff, all bool) *layerTable {
	t := &layerTable{screen: s, all: all, width: s.width, largest: largestOf(cells)}
	names := map[string]bool{}
	for _, c := range cells {
		if c.Layer != nil {
			names[c.Stack] = true
		}
	}
	t.one = len(names) > mostStacks
	for _, c := range cells {
		t.add(c)
	}
	t.markOneSided(tensors)
	return t
}

// largestOf is the largest change of all cells that is a number.
func largestOf(cells []diff.LayerDiff) (largest float64) {
	for _, c := range cells {
		if f := float64(c.RelL2); c.Changed > 0 && !math.IsInf(f, 0) && f > largest {
			largest = f
		}
	}
	return largest
}

// add takes up a cell.
func (t *layerTable) add(c diff.LayerDiff) {
	if c.Layer == nil {
		if c.Changed > 0 || t.all {
			t.others = append(t.others, c)
		}
		return
	}
	name, label, module := t.place(c)
	s := t.stack(name)
	s.modules = withName(s.modules, module)
	if n := len(s.rows); n == 0 || s.rows[n-1].label != label {
		s.rows = append(s.rows, &layerRow{label: label, last: label, cells: map[string]diff.LayerDiff{}, marks: map[string]string{}})
	}
	row := s.rows[len(s.rows)-1]
	row.cells[module] = c
	row.changed = row.changed || c.Changed > 0
}

// place is where the cell of a layer stands: which table, row and column.
func (t *layerTable) place(c diff.LayerDiff) (stack, label, module string) {
	stack, label, module = visible(c.Stack), strconv.Itoa(*c.Layer), c.Module
	if c.Stack != "" {
		module = strings.TrimPrefix(c.Module, c.Stack+".")
	}
	if t.one {
		stack, label = "", strings.TrimPrefix(shortStack(visible(c.Stack))+"."+label, ".")
	}
	return stack, label, visible(module)
}

func (t *layerTable) stack(name string) *stack {
	for _, s := range t.stacks {
		if s.name == name {
			return s
		}
	}
	t.stacks = append(t.stacks, &stack{name: name})
	return t.stacks[len(t.stacks)-1]
}

// withName is names with one more, unless it is there.
func withName(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

// style is that of a cell of a row.
func (t *layerTable) styleOf(r *layerRow, module string) style {
	if mark := r.mark(module); mark != "" {
		return statusStyles[mark]
	}
	return t.style(r.cells[module])
}

// style is that of a cell.
func (t *layerTable) style(c diff.LayerDiff) style {
	if c.Changed == 0 {
		return dim
	}
	return heat(float64(c.RelL2), t.largest)
}

// heats are from the smallest to the largest change of a table: black on ever darker colours of the 256 of xterm.
var heats = []style{"30;48;5;230", "30;48;5;223", "30;48;5;216", "30;48;5;209", "30;48;5;203"}

// heat is the style of a change, by its share of the largest in its table.
func heat(f, largest float64) style {
	switch {
	case math.IsNaN(f):
		return bold
	case f >= largest:
		return heats[len(heats)-1]
	case f <= 0:
		return ""
	}
	return heats[int(f/largest*float64(len(heats)))]
}

// relative is a relative change in percent, with two digits: "2.4%", "0.024%", "130%"; "≠" where there is none.
func relative(n number.Number) string {
	f := 100 * float64(n)
	switch {
	case math.IsNaN(f):
		return "≠"
	case math.IsInf(f, 0):
		return "inf"
	case f == 0:
		return "0%"
	case f < 0.00095:
		return "<0.001%"
	case f >= 1e6:
		return figure(n)
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'e', 1, 64), 64)
	if rounded >= 100 {
		return strconv.FormatFloat(f, 'f', 0, 64) + "%"
	}
	decimals := max(0, 1-int(math.Floor(math.Log10(rounded))))
	return strconv.FormatFloat(f, 'f', decimals, 64) + "%"
}

// print prints a table for each stack, and in a last line what is in no layer.
func (t *layerTable) print() error {
	p := &printer{w: t.screen}
	if t.largest > 0 {
		p.f("  relative change\n")
	}
	for _, s := range t.stacks {
		if p.err == nil {
			p.err = t.printStack(s)
		}
	}
	if p.err == nil && len(t.others) > 0 {
		items := make([]string, len(t.others))
		for i, c := range t.others {
			items[i] = visible(c.Module) + " " + t.paint(t.style(c), cellText(c))
		}
		return t.printWrapped("  others  ", items)
	}
	return p.err
}

// printWrapped prints items after a title, in lines as wide as the terminal.
func (t *layerTable) printWrapped(title string, items []string) error {
	p := &printer{w: t.screen}
	parts := slices.Clone(items)
	for i := range parts[1:] {
		parts[i] += ","
	}
	parts[0] = title + " " + parts[0]
	p.filled(t.width, strings.Repeat(" ", textWidth(title)+1), parts...)
	return p.err
}

// printStack prints the rows of a stack, as many modules beside each other as there is room for.
func (t *layerTable) printStack(s *stack) error {
	rows, same := s.rows, []string(nil)
	if !t.all {
		rows, same = splitUnchanged(rows)
	}
	rows = folded(rows, s.modules)
	title := s.name
	if title == "" {
		title = "layers"
	}
	modules, still := s.modules, []string(nil)
	narrow := !t.all && t.fitting(title, modules, rows) < len(modules)
	if narrow {
		modules, still = splitStill(rows, modules)
	}
	for len(rows) > 0 && len(modules) > 0 {
		n, part := t.fitting(title, modules, rows), rows
		if narrow {
			part = folded(changedIn(rows, modules[:n]), modules[:n])
		}
		if err := t.printColumns(title, modules[:n], part); err != nil {
			return err
		}
		modules = modules[n:]
	}
	for _, x := range []struct {
		what  string
		names []string
	}{
		{"modules without a change:", still}, {title + " without a change:", same},
		{title + " removed:", namesOf(s.apart[diff.TensorRemoved])}, {title + " added:", namesOf(s.apart[diff.TensorAdded])},
	} {
		if len(x.names) > 0 {
			if err := t.printWrapped(layerIndent+x.what, x.names); err != nil {
				return err
			}
		}
	}
	return nil
}

// splitUnchanged parts the layers that changed from the names of those that did not.
func splitUnchanged(rows []*layerRow) (changed []*layerRow, same []string) {
	var others []*layerRow
	for _, r := range rows {
		if r.changed {
			changed = append(changed, r)
		} else {
			others = append(others, &layerRow{label: r.label, last: r.label})
		}
	}
	return changed, namesOf(others)
}

// namesOf are the names of layers, those that follow each other as one.
func namesOf(rows []*layerRow) (names []string) {
	for _, r := range folded(rows, nil) {
		names = append(names, r.name())
	}
	return names
}

// changedIn are the rows in which one of the modules changed.
func changedIn(rows []*layerRow, modules []string) []*layerRow {
	return slices.DeleteFunc(slices.Clone(rows), func(r *layerRow) bool {
		return !slices.ContainsFunc(modules, func(m string) bool { return r.cells[m].Changed > 0 || r.mark(m) != "" })
	})
}

// splitStill parts the modules that changed in some row from those that did not.
func splitStill(rows []*layerRow, modules []string) (changed, still []string) {
	for _, m := range modules {
		if len(changedIn(rows, []string{m})) > 0 {
			changed = append(changed, m)
		} else {
			still = append(still, m)
		}
	}
	return changed, still
}

// folded makes one row of rows that follow each other and say the same.
func folded(rows []*layerRow, modules []string) (out []*layerRow) {
	for _, r := range rows {
		if n := len(out); n > 0 && follows(out[n-1].last, r.label) && out[n-1].says(r, modules) {
			out[n-1] = &layerRow{label: out[n-1].label, last: r.label, cells: r.cells, marks: r.marks}
		} else {
			out = append(out, r)
		}
	}
	return out
}

// follows says that b is the layer after a.
func follows(a, b string) bool {
	head, last := cutNumber(a)
	other, next := cutNumber(b)
	return head == other && next == last+1
}

// cutNumber cuts a layer's number from the end of its label.
func cutNumber(label string) (head string, number int) {
	i := strings.LastIndexByte(label, '.') + 1
	number, _ = strconv.Atoi(label[i:])
	return label[:i], number
}

func (r *layerRow) says(o *layerRow, modules []string) bool {
	return !slices.ContainsFunc(modules, func(m string) bool { return r.text(m) != o.text(m) })
}

// text is the relative change of a module, "=" for none, "removed" or "added" if only one side has it and "" where there
// is no such module.
func (r *layerRow) text(module string) string {
	if mark := r.mark(module); mark != "" {
		return mark
	}
	if c, ok := r.cells[module]; ok {
		return cellText(c)
	}
	return ""
}

func cellText(c diff.LayerDiff) string {
	if c.Changed == 0 {
		return "="
	}
	return relative(c.RelL2)
}

// name is "3", or "3–5" of several.
func (r *layerRow) name() string {
	if r.label == r.last {
		return r.label
	}
	_, last := cutNumber(r.last)
	return fmt.Sprintf("%s–%d", r.label, last)
}

// The columns of a table of layers.
const (
	layerGap    = 3
	layerIndent = "  "
)

// fitting is how many of the modules fit beside each other, one at least.
func (t *layerTable) fitting(title string, modules []string, rows []*layerRow) int {
	if t.width == 0 {
		return len(modules)
	}
	at := textWidth(title)
	for _, r := range rows {
		at = max(at, textWidth(r.name()))
	}
	at += len(layerIndent)
	for i, m := range modules {
		w := max(textWidth(m), len("0.24%"))
		for _, r := range rows {
			w = max(w, textWidth(r.text(m)))
		}
		if at += layerGap + w; at > t.width {
			return max(i, 1)
		}
	}
	return len(modules)
}

// printColumns prints some modules of all rows.
func (t *layerTable) printColumns(title string, modules []string, rows []*layerRow) error {
	out := &table{indent: layerIndent, gap: layerGap, narrow: len("0.24%")}
	out.row(append([]string{title}, modules...)...)
	for _, r := range rows {
		cells := []string{r.name()}
		for _, m := range modules {
			cells = append(cells, t.paint(t.styleOf(r, m), r.text(m)))
		}
		out.row(cells...)
	}
	return out.write(t.screen)
}
