package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"dits/repo"
)

type statsOptions struct{ json, verbose bool }

func newStats(g *globals) *cobra.Command {
	o := statsOptions{}
	cmd := &cobra.Command{
		Use:     "stats [REV|FILE|REV:PATH...]",
		Short:   "Show what is saved, what each file takes, and what it would free",
		GroupID: content,
		Long: `Sums up the whole store: the sizes of all files in it, what the packs take on disk, and
how content is stored: whole, as the difference to other content, or recomputed from it;
what is already stored costs nothing. Then it says of each file what it is put together
from, shared with others or not, and what would go if no commit had it any more.

With words, only those files: what is in them by type of number, and what they need of the
packs. Of commits, one of a commit, files and folders as they are staged; or as they are in
the working folder where they are not added, and anywhere, which needs no repository.
A model in shards is one line, but for -v, and goes by its name: model.safetensors.`,
		Example: `  dits stats
  dits stats model.safetensors
  dits stats -v                # by encoding, and all files
  dits stats --json main ft-customer`,
		RunE: func(cmd *cobra.Command, args []string) error { return runStats(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisionsAndPaths
	cmd.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "by encoding, what is recomputed by the way, and all files, each shard too")
	cmd.Flags().BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

func runStats(cmd *cobra.Command, g *globals, o statsOptions, words []string) error {
	r, err := g.open()
	if errors.Is(err, repo.ErrNoRepository) && len(words) > 0 {
		return o.runWithout(cmd, g, words)
	}
	if err != nil {
		return err
	}
	defer r.Close()
	s, err := (&statsOf{operands: operands{g: g, r: r}}).all(cmd.Context(), words)
	if err != nil {
		return err
	}
	return o.show(cmd, s, len(words) == 0)
}

// runWithout says what files of the file system are, where there is no repository.
func (o statsOptions) runWithout(cmd *cobra.Command, g *globals, words []string) error {
	of := &statsOf{operands: operands{g: g}}
	for _, word := range words {
		if len(g.missing([]string{word})) > 0 {
			return noPathHere(word)
		}
		if err := of.disk(cmd.Context(), word); err != nil {
			return err
		}
	}
	s := repo.NoStats()
	s.Content = &of.content
	return o.show(cmd, s, false)
}

// show prints stats; all says that the whole store was asked about.
func (o statsOptions) show(cmd *cobra.Command, s *repo.Stats, all bool) error {
	if o.json {
		return writeJSON(cmd, s)
	}
	return o.print(cmd, s, all)
}

// print prints what people want to know; all says that the whole store was asked about.
func (o statsOptions) print(cmd *cobra.Command, s *repo.Stats, all bool) error {
	if s.Content != nil {
		if err := printContent(cmd, s.Content); err != nil || s.Files == 0 {
			return err
		}
	}
	p := &printer{w: cmd.OutOrStdout()}
	if s.Content != nil {
		p.f("\n")
	}
	p.f("%s in %s%s\n", size(s.LogicalBytes), size(s.StoredBytes), savedOf(s.StoredBytes, s.LogicalBytes))
	content := fmt.Sprintf("%s, %s (%d different)", plural(int(s.Files), "file", "files"),
		plural(int(s.Tensors), "tensor", "tensors"), s.UniqueTensors)
	if all {
		content += ", and a catalog of " + size(s.CatalogBytes)
	}
	p.f("%s\n", content)
	p.f("\n")
	if p.err != nil {
		return p.err
	}
	savings := printSavings
	if o.verbose {
		savings = printEncodings
	}
	if err := savings(cmd, s); err != nil {
		return err
	}
	return o.printFiles(cmd, s)
}

// filesShown is how many files are listed, unless all are asked for.
const filesShown = 20

// printFiles prints what each file takes.
func (o statsOptions) printFiles(cmd *cobra.Command, s *repo.Stats) error {
	all, limit := s.ByFile, len(s.ByFile)
	if !o.verbose {
		all, limit = asModelSpaces(all), filesShown
	}
	shown := all[:min(len(all), limit)]
	if len(shown) == 0 {
		return nil
	}
	p := &printer{w: cmd.OutOrStdout()}
	p.f("\n")
	t := &table{width: terminalWidth(p.w), give: []int{3}}
	t.rightAlign(0, 1, 2)
	t.row("size", "needs", "frees", "file")
	for _, f := range shown {
		t.row(size(f.Logical), size(f.Stored), size(f.Freed), placeOf(f))
	}
	if err := t.write(p.w); err != nil {
		return err
	}
	if more := len(all) - len(shown); more > 0 {
		p.f("and %s, which dits stats -v lists\n", plural(more, "smaller one", "smaller ones"))
	}
	p.f("needs: what a file is made of, shared or not; frees: what would go with it\n")
	return p.err
}

// placeOf is where a content is: "model.safetensors", or "main~1:model.safetensors" if that is no more.
func placeOf(f repo.FileSpace) string {
	switch {
	case f.Path == "":
		return orUnnamed("")
	case f.Rev != "":
		return f.Rev + ":" + f.Path
	}
	return f.Path
}

// printSavings prints what people want to know of how content is stored.
func printSavings(cmd *cobra.Command, s *repo.Stats) error {
	sum := map[string]repo.EncodingStats{}
	saved := s.LogicalBytes
	for name, u := range s.ByEncoding {
		switch name {
		case "delta", "derived":
		default:
			name = "whole"
		}
		sum[name] = sum[name].Plus(u)
		saved -= u.LogicalBytes
	}
	sum["delta"], sum["derived"] = sum["delta"].Plus(s.OnlyLike), sum["derived"].Minus(s.OnlyLike)
	sum["saved"] = repo.EncodingStats{LogicalBytes: max(0, saved)}
	t := &table{}
	t.rightAlign(1, 2, 3)
	t.row("", "content", "stored", "ratio")
	for _, x := range []struct{ name, what string }{
		{"whole", "stored whole"}, {"delta", "difference to another"}, {"derived", "recomputed"}, {"saved", "already stored"},
	} {
		u := sum[x.name]
		t.row(x.what, size(u.LogicalBytes), size(u.StoredBytes), shareOf(u.StoredBytes, u.LogicalBytes))
	}
	return t.write(cmd.OutOrStdout())
}

// encodings are the ways of storing, from what saves least to what saves most.
var encodings = []struct{ name, what string }{
	{"raw", "as it is"},
	{"zstd", "general compression"},
	{"fields", "sign, exponent and mantissa apart"},
	{"blocks", "fields of quantised blocks apart"},
	{"delta", "difference to another"},
	{"derived", "recomputed from others"},
}

// ways are those of a quantiser, and what else recomputes content from other content.
var ways = map[string]string{
	"arranged": "rows in another order", "cast": "another type of numbers", "merged": "with an adapter",
	"rounded": "quantised with stored scales", "hinted": "quantised with a stored search", "replayed": "quantised",
	"scaled": "over stored scales", "scales": "these scales",
}

func printEncodings(cmd *cobra.Command, s *repo.Stats) error {
	t := &table{width: terminalWidth(cmd.OutOrStdout()), wrap: 5}
	t.rightAlign(1, 2, 3, 4)
	t.row("encoding", "chunks", "content", "stored", "ratio", "")
	row := func(name, what string, u repo.EncodingStats) {
		t.row(name, fmt.Sprint(u.Chunks), size(u.LogicalBytes), size(u.StoredBytes), shareOf(u.StoredBytes, u.LogicalBytes), what)
	}
	for _, e := range encodings {
		row(e.name, e.what, s.ByEncoding[e.name])
	}
	for _, way := range slices.Sorted(maps.Keys(s.ByWay)) {
		row("  "+way, ways[way], s.ByWay[way])
	}
	return t.write(cmd.OutOrStdout())
}
