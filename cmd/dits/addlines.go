package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"dits/repo"
	"dits/repo/object"
	"dits/repo/work"
)

// addLines tells of the files that are added, of each when it is staged, and of all in the end.
type addLines struct {
	cmd             *cobra.Command
	options         *addOptions
	quiet           bool
	here            here
	bar             *bar // nil: none is drawn where the lines go
	width           int  // columns of the terminal; 0: not a terminal
	models          addedModels
	told            int // files and models that were added
	sharded         int // of them models in shards
	cached          int // links of a hub's cache
	logical, stored int64
	ladder          ladder
	removed         []repo.Added // told when all is staged
	away            movedFiles
	late            []repo.LateFile
	others          otherFiles
	err             error // the first of writing
}

// newAddLines tells where the command prints.
func newAddLines(cmd *cobra.Command, g *globals, o *addOptions, p object.Progress) *addLines {
	l := &addLines{cmd: cmd, options: o, quiet: g.quiet, width: terminalWidth(cmd.OutOrStdout())}
	if b, ok := p.(*bar); ok && l.width > 0 {
		l.bar = b
	}
	return l
}

// terminalWidth is how many columns a terminal has, 0 for what is none.
func terminalWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// staged tells of a file.
func (l *addLines) staged(a repo.Added) {
	if l.options.json {
		a.Sources = orEmpty(a.Sources)
		if !l.away.later(a, l.options) {
			l.keep(writeJSON(l.cmd, a))
		}
		return
	}
	a.Path, a.Sources = l.here.path(a.Path), l.here.sources(a.Sources)
	if a.Warning != "" {
		l.warn(a.Path, a.Warning)
	}
	if a.Late {
		l.late = append(l.late, repo.LateFile{Path: a.Path, Sources: a.Sources})
	}
	if !a.Removed {
		if a.FromCache {
			l.cached++
		}
		l.logical += a.Logical
		l.stored += a.Stored
		l.ladder.add(a)
	}
	if a.Removed && !l.options.DryRun { // only told once it is staged: until then something may fail
		l.removed = append(l.removed, a)
		return
	}
	l.tell(a)
}

// tell prints what there is to say of a file, or keeps it for when all shards of its model are there.
func (l *addLines) tell(a repo.Added) {
	switch {
	case l.options.DryRun:
		l.keep(printDryRun(l.cmd.OutOrStdout(), a))
	case l.quiet:
		l.count(a)
	case l.options.verbose:
		l.count(a)
		l.line(describe(a))
	default:
		l.print(l.models.take(a))
	}
}

// print tells of files and models.
func (l *addLines) print(all []addedModel) {
	for _, m := range all {
		l.count(m.Added)
		if m.shards > 0 && !m.Removed {
			l.sharded++
		}
		if m.shards > 0 || !l.others.take(m.Added) {
			l.line(addedLine(m.Added, l.width))
		}
	}
}

// printOthers tells of the many files that are no models.
func (l *addLines) printOthers() {
	for _, line := range l.others.lines() {
		l.line(line)
	}
}

// count counts what was added.
func (l *addLines) count(a repo.Added) {
	if !a.Removed {
		l.told++
	}
}

// skipped tells of a name that was passed over.
func (l *addLines) skipped(s work.Skipped) { l.warn(l.here.path(s.Path), s.Reason) }

// total tells what was still to be told, and what all files take.
func (l *addLines) total() {
	for _, a := range l.removed {
		l.tell(a)
	}
	l.print(l.models.rest())
	l.printOthers()
	if l.cached > 0 && !l.options.json {
		tell(l.cmd.ErrOrStderr(), "%s into the cache of a hub, stored as what they lead to (--links keeps links).",
			plural(l.cached, "link", "links"))
	}
	if l.told > 1 && !l.quiet && !l.options.json && !l.options.DryRun {
		what := modelsAndFiles(l.sharded, l.told-l.sharded)
		l.line(fmt.Sprintf("%s  %s → %s%s", what, size(l.logical), size(l.stored), storedShare(l.stored, l.logical)))
		l.keep(l.ladder.print(l.cmd.OutOrStdout()))
	}
	l.tellMoved()
	l.tellLate()
}

// tellLate says of a model that came after its quants what can be done about it.
func (l *addLines) tellLate() {
	if !l.quiet && !l.options.json && !l.options.DryRun {
		tellLate(l.cmd, l.late)
	}
}

// line prints a line, above the bar where there is one.
func (l *addLines) line(text string) {
	text = visible(text)
	if l.bar != nil && l.bar.above(text+"\n") {
		return
	}
	_, err := fmt.Fprintln(l.cmd.OutOrStdout(), text)
	l.keep(err)
}

// warn tells of what is no error, above the bar where there is one.
func (l *addLines) warn(path, what string) {
	if l.bar != nil && l.bar.above(fmt.Sprintf("dits: warning: %s: %s\n", visible(path), visible(what))) {
		return
	}
	warn(l.cmd, path, what)
}

func (l *addLines) keep(err error) {
	if l.err == nil {
		l.err = err
	}
}

// addedLine is what most want to know of a staged file, in a line of that many columns, 0 for any:
// "model-Q4_K_M.gguf  660 KiB → 35 KiB  recomputed from model.safetensors".
func addedLine(a repo.Added, width int) string {
	if a.Removed {
		return a.Path + "  removed"
	}
	text := fmt.Sprintf("%s  %s → %s", a.Path, size(a.Logical), size(a.Stored))
	if how := madeOf(a); how != "" {
		text += "  " + how
	}
	if width > 0 {
		text = runewidth.Truncate(text, width, "…")
	}
	return text
}

// madeOf is how most tensors of a file are stored that are not stored for themselves; "" where they are.
func madeOf(a repo.Added) string {
	switch {
	case a.Logical > 0 && (a.Stored == 0 || a.Tensors > 0 && a.Known == a.Tensors):
		return "already stored"
	case a.Derived > 0 && a.Derived >= a.Delta:
		if isLike(a) {
			return "difference to " + orUnnamed(a.Recipe.Source)
		}
		words := "recomputed from" + sourceList(a.Sources)
		if a.Recipe != nil {
			words += recipeWords(*a.Recipe)
		}
		return words
	case a.Delta > 0:
		return "difference to" + sourceList(a.Sources)
	}
	return ""
}

// isLike says that what a file was computed from is only like it.
func isLike(a repo.Added) bool {
	return a.Recipe != nil && !a.Recipe.Tells(a.DerivedResidual, a.DerivedLogical)
}

// sourceList is " base.safetensors", of many files the first: " base.safetensors and 2 more".
func sourceList(sources []string) string {
	switch n := len(sources); n {
	case 0:
		return " " + orUnnamed("")
	case 1, 2:
		return " " + strings.Join(sources, ", ")
	default:
		return fmt.Sprintf(" %s and %d more", sources[0], n-1)
	}
}
