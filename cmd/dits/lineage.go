package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/lineage"
)

// generations is how far lineage looks back unless told otherwise: a file whose every
// version builds on the one before would go back to the first.
const generations = 8

type lineageOptions struct {
	dot   bool
	json  bool
	depth int
}

func newLineage(g *globals) *cobra.Command {
	o := lineageOptions{}
	cmd := &cobra.Command{
		Use:     "lineage [REV] [PATH]",
		Short:   "Show which model came from which, and what each takes",
		GroupID: content,
		Long: `Shows models as a tree, each below the one that most of its tensors came from: how large it is,
what its tensors add to the store (the rest of a file, as its header, is not in it), and how they are stored. What came from where is told as far as it is
known from how things are stored: "the same" is there already, "as a difference" is stored
against the model above, "quantised", "cast" or "merged" is computed from it again and what
that does not give is stored; "whole" or "new" is stored for itself. Shards are one model.

Without arguments, the models of all branches and tags; with REV, of that commit; with PATH,
that one (by default in HEAD) and each of its tensors. A single word that is no revision is
a path. Models that are not in the commit asked for (or HEAD) say where they are.`,
		Example: `  dits lineage
  dits lineage ft-customer
  dits lineage model.safetensors
  dits lineage --dot | dot -Tsvg > family.svg`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return runLineage(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisionsAndPaths
	f := cmd.Flags()
	f.BoolVar(&o.dot, "dot", false, "a graph for Graphviz")
	f.IntVar(&o.depth, "depth", generations, "look back at most `N` generations of models; 0 is all")
	f.BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

func runLineage(cmd *cobra.Command, g *globals, o lineageOptions, args []string) error {
	switch {
	case o.depth < 0:
		return usagef("lineage: --depth %d, want at least 0", o.depth)
	case o.dot && o.json:
		return usagef("lineage: --dot and --json, want one of them")
	}
	return g.withScreen(cmd, func(r *repo.Repo, s *screen) error {
		options := lineage.Options{Depth: o.depth}
		if len(args) > 0 {
			rev, word, err := g.lsWords(r, cmd, args)
			if err != nil {
				return err
			}
			paths, err := g.paths(r, []string{word})
			if err != nil {
				return err
			}
			options.Rev, options.Path = rev, paths[0]
		}
		l, err := r.Lineage(options)
		if err != nil {
			return err
		}
		switch {
		case o.json:
			return writeJSON(cmd, l)
		case o.dot:
			return printDot(cmd.OutOrStdout(), l.ByModel())
		}
		if err := printFamily(s, l.Tree()); err != nil || len(l.Tensors) == 0 {
			return err
		}
		return printLineageTensors(s, l.Tensors)
	})
}

// bits is what a file took, told with its first source, and what share of what is recomputed had to be stored.
func bits(f *lineage.FileLineage, source int) string {
	if source > 0 || f.Bits != f.Bits {
		return ""
	}
	text := fmt.Sprintf("; %s bits a weight", threeDigits(float64(f.Bits)))
	if f.Derived > 0 {
		text += ", " + shareLeft(f.Residual, f.Derived)
	}
	return text
}

// threeDigits is a number up to a few dozens, as exact as it matters.
func threeDigits(x float64) string {
	if x != 0 && x < 0.1 {
		return fmt.Sprintf("%.3f", x)
	}
	return fmt.Sprintf("%.1f", x)
}

// kindsOf are the kinds that occur, those of most tensors first.
func kindsOf(of map[string]int) []string {
	kinds := slices.DeleteFunc(slices.Sorted(maps.Keys(of)), func(k string) bool { return of[k] == 0 })
	slices.SortStableFunc(kinds, func(a, b string) int { return of[b] - of[a] })
	return kinds
}

func sourceName(path, rev string) string {
	if path == "" {
		return "a file in no branch or tag"
	}
	return atRev(path, rev)
}

// atRev is "model.safetensors @ main~1", without a revision the path alone.
func atRev(path, rev string) string {
	if rev == "" {
		return path
	}
	return path + " @ " + rev
}

func printLineageTensors(s *screen, tensors []lineage.TensorLineage) error {
	hows := make([]string, len(tensors))
	for i, x := range tensors {
		hows[i] = visible(storedAs(x.Name, x.Kind, x.Sources))
	}
	const name, how = 0, 2
	t := &table{indent: "  ", width: s.width, give: []int{how, name}, ends: map[int]bool{how: true}}
	t.rightAlign(1)
	for i, x := range tensors {
		t.row(visible(x.Name), size(x.Stored), hows[i])
	}
	p := &printer{w: s}
	p.f("\n")
	t.sumUp(p, how, hows)
	if p.err != nil {
		return p.err
	}
	return t.write(s)
}

// sourceTensor is what people call a tensor: the digest where no file that has it is known.
func sourceTensor(s lineage.TensorSource) string {
	if s.Path == "" {
		return s.Digest.Short()
	}
	if s.Tensor == "" {
		return atRev(s.Path, s.Rev) // a file of another kind, an importance matrix say
	}
	return atRev(s.Path+":"+s.Tensor, s.Rev)
}
