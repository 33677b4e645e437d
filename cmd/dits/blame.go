package main

import (
	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/history"
	"dits/tensorstore/digest"
)

type blameOptions struct {
	tensors bool
	json    bool
}

func newBlame(g *globals) *cobra.Command {
	o := blameOptions{}
	cmd := &cobra.Command{
		Use:     "blame [REV] PATH",
		Short:   "Show which commit changed each layer last",
		GroupID: past,
		Long: `Shows for each layer of a file in REV (by default HEAD) the commits that changed tensors of
it last; with --tensors for each tensor. Of a merge the side that made the change counts,
a file that was only renamed is followed to its old path, and a tensor from one shard of a
model into another: the model goes by its name, model.safetensors. No tensor is read.`,
		Example: `  dits blame model.safetensors
  dits blame --tensors ft-customer model.safetensors`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error { return runBlame(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisionsAndPaths
	f := cmd.Flags()
	f.BoolVar(&o.tensors, "tensors", false, "a line for each tensor")
	f.BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

func runBlame(cmd *cobra.Command, g *globals, o blameOptions, args []string) error {
	return g.withScreen(cmd, func(r *repo.Repo, s *screen) error {
		rev := "HEAD"
		if len(args) == 2 {
			rev = args[0]
			if err := g.noPathToo(r, cmd, rev, "./"+rev); err != nil {
				return err
			}
		}
		paths, err := g.paths(r, args[len(args)-1:])
		if err != nil {
			return err
		}
		b, err := r.Blame(rev, paths[0])
		switch {
		case err != nil:
			return err
		case o.json:
			return writeJSON(cmd, b)
		case o.tensors:
			return printBlamedTensors(s, b)
		}
		return printBlamedLayers(s, b)
	})
}

// blamedBy is the columns about a commit.
func blamedBy(p palette, b *history.Blame) map[digest.ID][]string {
	columns := map[digest.ID][]string{}
	for _, c := range b.Commits {
		columns[c.ID] = []string{p.paint(yellow, c.ID.Short()), c.Time.Format("2006-01-02"), visible(c.Subject)}
	}
	return columns
}

func printBlamedTensors(s *screen, b *history.Blame) error {
	t, by := &table{width: s.width, give: []int{2}, spare: []int{1}}, blamedBy(s.palette, b)
	for _, x := range b.Tensors {
		c := by[x.Commit]
		t.row(c[0], c[1], visible(x.Name), c[2])
	}
	return t.write(s)
}
