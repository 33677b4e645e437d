package main

import (
	"fmt"

	"dits/repo"
)

// movedFiles are those that only the store has now.
type movedFiles struct {
	n     int
	bytes int64
	first string
	held  []repo.Added // staged, told in JSON once it is known if they were moved
}

// later keeps what is told in JSON until the files were moved, if they are to be.
func (m *movedFiles) later(a repo.Added, o *addOptions) bool {
	if o.Move && !o.DryRun {
		m.held = append(m.held, a)
	}
	return o.Move && !o.DryRun
}

// moved counts a file that went from the working folder.
func (l *addLines) moved(a repo.Added) {
	m := &l.away
	if m.n++; m.n == 1 {
		m.first = l.here.path(a.Path)
	}
	m.bytes += a.Logical
	if !l.options.json {
		return
	}
	for i := range m.held {
		if m.held[i].Path == a.Path {
			m.held[i].Moved = true
			return
		}
	}
	a.Sources = orEmpty(a.Sources)
	m.held = append(m.held, a)
}

// tellMoved tells what only the store has now.
func (l *addLines) tellMoved() {
	m := l.away
	for _, a := range m.held {
		l.keep(writeJSON(l.cmd, a))
	}
	switch {
	case l.quiet || l.options.json || m.n == 0:
	case m.n == 1:
		l.line(fmt.Sprintf("%s is only in the store now: %s freed; dits restore %s brings it back",
			m.first, size(m.bytes), typed(m.first)))
	default:
		l.line(fmt.Sprintf("%d files are only in the store now: %s freed; dits restore PATH brings one back",
			m.n, size(m.bytes)))
	}
}
