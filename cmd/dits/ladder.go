package main

import (
	"io"
	"slices"
	"strings"

	"dits/repo"
)

// A ladder is the quants that one call added.
type ladder []repo.Added

// add takes a file up if it is a quant that came from another model.
func (l *ladder) add(a repo.Added) {
	if a.Quant != "" && ladderSource(a) != "" {
		*l = append(*l, a)
	}
}

// ladderSource is the model that a quant was made of, as far as that is known.
func ladderSource(a repo.Added) string {
	switch {
	case a.Recipe != nil:
		return a.Recipe.Source
	case len(a.Sources) > 0:
		return a.Sources[0]
	}
	return ""
}

// root is the model that a quant and those that it was made of came from.
func (l ladder) root(a repo.Added) string {
	source := ladderSource(a)
	for range l { // at most
		i := slices.IndexFunc(l, func(b repo.Added) bool { return b.Path == source })
		if i < 0 {
			break
		}
		source = ladderSource(l[i])
	}
	return source
}

// print prints a table for each model of which several quants were added.
func (l ladder) print(w io.Writer) error {
	of := map[string][]repo.Added{}
	var roots []string
	for _, a := range l {
		root := l.root(a)
		if of[root] == nil {
			roots = append(roots, root)
		}
		of[root] = append(of[root], a)
	}
	for _, root := range roots {
		if len(of[root]) < 2 {
			continue
		}
		if err := printLadder(w, of[root]); err != nil {
			return err
		}
	}
	return nil
}

// printLadder prints the quants of one model.
func printLadder(w io.Writer, quants []repo.Added) error {
	t := &table{indent: "  ", width: terminalWidth(w), give: []int{4, 5}}
	t.rightAlign(1, 2)
	head := []string{"quant", "size", "stored", "reproduced", "from"}
	with := false
	for _, a := range quants {
		with = with || len(ladderWith(a)) > 0
	}
	if with {
		head = append(head, "with")
	}
	t.row(head...)
	for _, a := range quants {
		t.row(a.Quant, size(a.Logical), size(a.Stored), reproduced(a), ladderSource(a), ladderWith(a))
	}
	return t.write(w)
}

// ladderWith is the importance matrix that a quant was made with.
func ladderWith(a repo.Added) string {
	if a.Recipe == nil {
		return ""
	}
	return strings.Join(a.Recipe.With, ", ")
}

// ofItself is what a tensor takes at most that comes out exactly as it was computed: how it is computed, and that
// nothing is left.
const ofItself = 128

// reproduced says how far a quant comes out as it was: "exactly", "95.2%", where the rest had to be stored, or "no".
func reproduced(a repo.Added) string {
	switch {
	case a.Derived == 0:
		return "no"
	case a.DerivedResidual <= ofItself*int64(a.Derived) && a.Derived+a.Known == a.Tensors:
		return "exactly"
	}
	left := a.DerivedResidual
	if a.Derived+a.Known < a.Tensors { // others are stored in another way
		left = a.Stored
	}
	return shareOf(max(0, a.Logical-left), a.Logical)
}
