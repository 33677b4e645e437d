package main

import "dits/repo/diff"

// markOneSided marks where only one side has tensors.
func (t *layerTable) markOneSided(tensors []diff.TensorDiff) {
	for _, status := range []string{diff.TensorRemoved, diff.TensorAdded} {
		for _, c := range diff.OneSidedLayers(tensors, status) {
			if c.Layer != nil {
				t.markCell(c, status)
			}
		}
	}
}

// markCell marks a module of a layer, or the whole layer where nothing of it is on both sides.
func (t *layerTable) markCell(c diff.LayerDiff, status string) {
	name, label, module := t.place(c)
	s := t.stack(name)
	row := s.row(label)
	if row == nil {
		if s.apart == nil {
			s.apart = map[string][]*layerRow{}
		}
		if n := len(s.apart[status]); n == 0 || s.apart[status][n-1].label != label {
			s.apart[status] = append(s.apart[status], &layerRow{label: label, last: label})
		}
		return
	}
	s.modules = withName(s.modules, module)
	row.changed = true
	if row.marks[module] != "" {
		status = "≠" // some went, others came
	}
	row.marks[module] = status
}

// row is the row of a layer, nil if there is none.
func (s *stack) row(label string) *layerRow {
	for _, r := range s.rows {
		if r.label == label {
			return r
		}
	}
	return nil
}

// mark is what is to be said of a module of which only one side has tensors: "removed", "added", or "≠" where that is not
// all; "" where its change says more, and of any other.
func (r *layerRow) mark(module string) string {
	c, both := r.cells[module]
	switch {
	case r.marks[module] == "" || c.Changed > 0:
		return ""
	case both:
		return "≠"
	}
	return r.marks[module]
}
