package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"dits/repo"
)

type statsOptions struct{ json bool }

func newStats(g *globals) *cobra.Command {
	o := statsOptions{}
	cmd := &cobra.Command{
		Use:     "stats [REV...]",
		Short:   "Show what deduplication saves",
		GroupID: content,
		Long: `Sums up the whole store: the sizes of all files in it, what the packs take on disk, and
how chunks are stored. With revisions, the files of those commits, and what they need
of the packs.`,
		Example: `  dits stats
  dits stats --json main ft-customer`,
		RunE: func(cmd *cobra.Command, args []string) error { return runStats(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisions
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
		return printEncodings(cmd, s)
	})
}

// encodings are the ways of storing, from what saves least to what saves most.
var encodings = []struct{ name, what string }{
	{"raw", "as it is"},
	{"zstd", "general compression"},
	{"fields", "sign, exponent and mantissa apart"},
	{"blocks", "fields of quantised blocks apart"},
	{"delta", "difference to a relative"},
	{"derived", "computed from others"},
}

// ways are those of computing content from other content.
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
