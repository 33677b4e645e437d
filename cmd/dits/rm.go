package main

import (
	"slices"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/object"
)

type rmOptions struct {
	repo.RemoveOptions
	json bool
}

func newRm(g *globals) *cobra.Command {
	o := rmOptions{}
	cmd := &cobra.Command{
		Use:     "rm PATH...",
		Short:   "Remove tracked files",
		GroupID: everyday,
		Long: `Removes tracked files from the working folder and from what is staged: the next
commit does not have them. A file with changes that no commit has is named and
nothing is removed, unless forced. Earlier commits keep the files. The name of a model
in shards removes these; model.safetensors.index.json has to be named itself.`,
		Example: `  dits rm old.safetensors
  dits rm --cached model.safetensors     # track it no more; the file stays
  dits rm -r checkpoints`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runRm(cmd, g, o, args) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.Cached, "cached", false, "only from what is staged; the files stay")
	f.BoolVarP(&o.Recursive, "recursive", "r", false, "all tracked files below folders, too")
	f.BoolVarP(&o.Force, "force", "f", false, "even if changes are lost")
	f.BoolVarP(&o.DryRun, "dry-run", "n", false, "only say what would go")
	f.BoolVar(&o.json, "json", false, "one JSON object a line for each file")
	return cmd
}

// A removedFile is a file that rm removed, in JSON.
type removedFile struct {
	Path   string `json:"path"`
	Cached bool   `json:"cached"`
}

func runRm(cmd *cobra.Command, g *globals, o rmOptions, args []string) error {
	return g.withRepo(func(r *repo.Repo) (err error) {
		if o.Paths, err = g.paths(r, args); err != nil {
			return err
		}
		removed, err := r.Remove(cmd.Context(), o.RemoveOptions)
		if err != nil {
			return err
		}
		if !g.quiet && !o.json {
			defer tellIndexes(cmd, g.here(r), r, o.Paths)
		}
		p, here := &printer{w: cmd.OutOrStdout()}, g.here(r)
		verb := "removed"
		if o.DryRun {
			verb = "remove"
		}
		for _, path := range removed {
			switch {
			case o.json:
				err = writeJSON(cmd, removedFile{path, o.Cached})
			case !g.quiet || o.DryRun:
				p.f("%s %s\n", verb, here.path(path))
			}
			if err != nil {
				return err
			}
		}
		return p.err
	})
}

// tellIndexes tells of the files that say which tensor was in which shard of models that were removed: they stay.
func tellIndexes(cmd *cobra.Command, h here, r *repo.Repo, names []string) {
	x, err := r.Index()
	if err != nil {
		return
	}
	for _, name := range names {
		if index := name + object.IndexSuffix; !slices.Contains(names, index) && x.Find(index) != nil {
			tell(cmd.ErrOrStderr(), "%s stays: `dits rm %s` removes it, too.", h.path(index), typed(h.path(index)))
		}
	}
}
