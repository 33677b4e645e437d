package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/inspect"
	"dits/repo/object"
	"dits/repo/work"
)

// A statsOf sums up what words name.
type statsOf struct {
	operands
	files   []object.TreeFile // those that are stored
	content inspect.Totals
}

// all are the stats of what words name, of none the whole store's.
func (o *statsOf) all(ctx context.Context, words []string) (*repo.Stats, error) {
	if len(words) == 0 {
		return o.r.Stats(ctx)
	}
	for _, word := range words {
		if err := o.add(ctx, word); err != nil {
			return nil, err
		}
	}
	s, err := o.r.StatsOf(ctx, o.files)
	if err == nil {
		s.Content = &o.content
	}
	return s, err
}

// add takes up what a word names: the files of a revision, one of a revision, or what is staged at a path or, where
// nothing is, in the file system.
func (o *statsOf) add(ctx context.Context, word string) error {
	unknown := isRevision(o.r, word)
	staged := o.g.staged(o.r, word)
	switch exists := len(staged) > 0 || len(o.g.missing([]string{word})) == 0; {
	case unknown == nil && exists:
		return bothWays(word, word+":", "./"+word)
	case unknown == nil:
		files, err := o.r.Files(word)
		return o.stored(ctx, repo.AtRevision(word), files, err)
	case len(staged) > 0:
		return o.stored(ctx, repo.AtIndex(), staged, nil)
	case exists:
		return o.disk(ctx, word)
	}
	side, path, err := o.side(word)
	if err != nil {
		return err
	}
	rev, _, _ := strings.Cut(word, ":")
	files, err := o.r.ModelAt(rev, path)
	return o.stored(ctx, side, files, err)
}

// stored takes up files of a side.
func (o *statsOf) stored(ctx context.Context, side repo.Side, files []object.TreeFile, err error) error {
	if err != nil {
		return err
	}
	o.files = append(o.files, files...)
	of, beside, err := o.r.Holding(ctx, side, files)
	if err != nil {
		return err
	}
	return o.content.Add(of, beside, true)
}

// disk takes up files of the file system.
func (o *statsOf) disk(ctx context.Context, word string) error {
	s, err := o.g.readDisk(word)
	if err != nil {
		return err
	}
	beside := s
	if s.IsFile {
		if beside, err = o.besideDisk(word); err != nil {
			return err
		}
	}
	return o.content.Add(s, beside, false)
}

// staged are the files of the index at or below a path.
func (g *globals) staged(r *repo.Repo, word string) []object.TreeFile {
	paths, err := g.paths(r, []string{word})
	if err != nil {
		return nil
	}
	x, err := r.Index()
	if err != nil {
		return nil
	}
	below := &work.Index{Entries: x.Under(paths[0])}
	if shards := object.ModelNamed(x.Files(), paths[0]); len(shards) > 0 {
		return shards
	}
	if e := x.Find(paths[0]); e != nil {
		below.Entries = append(below.Entries, *e)
	}
	return below.Files()
}

// printContent prints what files are, by type of number.
func printContent(cmd *cobra.Command, c *inspect.Totals) error {
	p := &printer{w: cmd.OutOrStdout()}
	facts := []string{size(c.Bytes) + " in " + plural(c.Files, "file", "files")}
	if c.Tensors > 0 {
		facts = append(facts, plural(c.Tensors, "tensor", "tensors"), weights(c.Parameters))
	}
	if c.Parameters > 0 {
		facts = append(facts, bitsText(float64(c.BitsPerWeight))+" bits a weight")
	}
	if c.NotAdded > 0 {
		facts = append(facts, notAdded(c))
	}
	for i := range facts[1:] {
		facts[i] += ","
	}
	p.filled(terminalWidth(p.w), "  ", facts...)
	printCutOff(p, c)
	if p.err != nil {
		return p.err
	}
	t := &table{indent: "  "}
	t.rightAlign(1, 2, 3, 4)
	t.row("dtype", "tensors", "parameters", "bytes", "bits a weight")
	for _, d := range c.DTypes {
		bits := "-"
		if d.Parameters > 0 {
			bits = bitsText(float64(d.BitsPerWeight))
		}
		t.row(d.DType, strconv.Itoa(d.Tensors), strings.TrimSuffix(weights(d.Parameters), " parameters"), size(d.Bytes), bits)
	}
	if len(c.DTypes) == 0 {
		return nil
	}
	return t.write(p.w)
}

// printCutOff names the files that end too early: what is said of their tensors is what their headers say.
func printCutOff(p *printer, c *inspect.Totals) {
	const most = 3
	for _, x := range c.CutOff[:min(most, len(c.CutOff))] {
		p.filled(terminalWidth(p.w), "    ", "  "+x.Path+":", x.Text)
	}
	if more := len(c.CutOff) - most; more > 0 {
		p.f("  and %s\n", plural(more, "more file that is cut off", "more files that are cut off"))
	}
	if len(c.CutOff) > 0 {
		p.f("  Tensors are counted by the headers; not all of them are there:\n")
	}
}

// notAdded is "not added", or "2 not added" of several.
func notAdded(c *inspect.Totals) string {
	if c.NotAdded == c.Files {
		return "not added"
	}
	return strconv.Itoa(c.NotAdded) + " not added"
}

// bitsText is a number of bits a weight.
func bitsText(bits float64) string { return strconv.FormatFloat(bits, 'f', 2, 64) }
