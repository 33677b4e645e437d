package main

import (
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
		Use:     "stats [REV...]",
		Short:   "Show what deduplication saves",
		GroupID: content,
		Long: `Sums up the whole store: the sizes of all files in it, what the packs take on disk, and
how content is stored: whole, as the difference to other content, or recomputed from it;
what is already stored costs nothing. With revisions, the files of those commits, and what
they need of the packs.`,
		Example: `  dits stats
  dits stats -v                # by encoding
  dits stats --json main ft-customer`,
		RunE: func(cmd *cobra.Command, args []string) error { return runStats(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisions
	cmd.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "by encoding, and what is recomputed by the way")
	cmd.Flags().BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

func runStats(cmd *cobra.Command, g *globals, o statsOptions, revs []string) error {
	return g.withRepo(func(r *repo.Repo) error {
		s, err := r.Stats(revs...)
		if err != nil {
			return err
		}
		if o.json {
			return writeJSON(cmd, s)
		}
		p := &printer{w: cmd.OutOrStdout()}
		p.f("%s, %d tensors (%d unique), %d chunks\n", plural(int(s.Files), "file", "files"), s.Tensors, s.UniqueTensors, s.Chunks)
		p.f("%s of content, stored in %s%s", size(s.LogicalBytes), size(s.StoredBytes), percentOf(s.StoredBytes, s.LogicalBytes))
		if len(revs) == 0 {
			p.f(", and a catalog of %s that can be made again", size(s.CatalogBytes))
		}
		p.f("\n\n")
		if p.err != nil {
			return p.err
		}
		if o.verbose {
			return printEncodings(cmd, s)
		}
		return printSavings(cmd, s)
	})
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
		n := sum[name]
		sum[name] = repo.EncodingStats{LogicalBytes: n.LogicalBytes + u.LogicalBytes, StoredBytes: n.StoredBytes + u.StoredBytes}
		saved -= u.LogicalBytes
	}
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
	"rounded": "quantised with stored scales", "hinted": "quantised with a stored search for scales", "replayed": "quantised",
	"scaled": "over stored scales", "scales": "these scales",
}

func printEncodings(cmd *cobra.Command, s *repo.Stats) error {
	t := &table{}
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
