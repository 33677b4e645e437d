package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

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
		Short:   "Show what files and tensors were stored from",
		GroupID: content,
		Long: `Shows the family of files with tensors as a tree: each below the one that most of its
tensors came from, with how many are identical, how many stored as a difference, recomputed,
moved by a low rank or combined, and what the file added in bits for each of its weights.

Without arguments, the files of all branches and tags; with REV, of that commit; with PATH,
that file (by default in HEAD) and each of its tensors. A single word that is no revision is
a path. Files that are not in the commit asked for (or HEAD) say where they are.`,
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
	f.IntVar(&o.depth, "depth", generations, "look back at most `N` generations of files; 0 is all")
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
			rev, word, err := lsWords(r, args, cmd.ArgsLenAtDash())
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
		p := &printer{w: s}
		printFamily(p, s.palette, l.ByModel())
		if p.err == nil && len(l.Tensors) > 0 {
			p.f("\n")
			return printLineageTensors(s, l.Tensors)
		}
		return p.err
	})
}

// printFamily prints the tree.
func printFamily(p *printer, c palette, l *lineage.Lineage) {
	var print func(f *lineage.FileLineage, first, rest string)
	children := l.Children()
	print = func(f *lineage.FileLineage, first, rest string) {
		p.f("%s%s\n", first, lineageLine(c, f))
		below := children[f]
		for i, child := range below {
			if i == len(below)-1 {
				print(child, rest+"└─ ", rest+"   ")
			} else {
				print(child, rest+"├─ ", rest+"│  ")
			}
		}
	}
	for _, root := range children[nil] {
		print(root, "", "")
	}
}

// lineageLine is "ft.safetensors ← base.safetensors (226 of 290 tensors as a difference, 64 identical; 5.2 bits a weight)".
func lineageLine(p palette, f *lineage.FileLineage) string {
	var b strings.Builder
	b.WriteString(p.paint(bold, atRev(f.Path, f.Rev)))
	if f.Cut {
		fmt.Fprintf(&b, " (%s; --depth 0 looks further back)", plural(f.Tensors, "tensor", "tensors"))
		return b.String()
	}
	c := counter{all: f.Tensors}
	own := map[string]int{"new": f.New, "repeated": f.Repeated}
	for i, s := range f.Sources {
		parts := c.counts(s.Tensors)
		if i == 0 { // what came from no other file is told with the first
			parts = append(parts, c.counts(own)...)
		}
		fmt.Fprintf(&b, " ← %s (%s%s)", sourceName(s), strings.Join(parts, ", "), bits(f, i))
	}
	if len(f.Sources) == 0 {
		fmt.Fprintf(&b, " (%s%s)", strings.Join(c.counts(own), ", "), bits(f, 0))
	}
	return b.String()
}

// A counter writes numbers of tensors, the first one in full: "226 of 290 tensors as a difference".
type counter struct {
	all  int
	said bool
}

func (c *counter) counts(of map[string]int) (parts []string) {
	of = kindCounts(of)
	for _, kind := range kindsOf(of) {
		n := fmt.Sprint(of[kind])
		switch {
		case c.said:
		case of[kind] == c.all:
			n = plural(c.all, "tensor", "tensors")
		default:
			n += " of " + plural(c.all, "tensor", "tensors")
		}
		c.said = true
		parts = append(parts, n+" "+kind)
	}
	return parts
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

func sourceName(s lineage.FileSource) string {
	if s.Path == "" {
		return "a file in no branch or tag"
	}
	return atRev(s.Path, s.Rev)
}

// atRev is "model.safetensors @ main~1", without a revision the path alone.
func atRev(path, rev string) string {
	if rev == "" {
		return path
	}
	return path + " @ " + rev
}

func printLineageTensors(s *screen, tensors []lineage.TensorLineage) error {
	t := &table{indent: "  "}
	t.rightAlign(1)
	for _, x := range tensors {
		t.row(x.Name, size(x.Stored), storedAs(x.Kind, x.Sources))
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
