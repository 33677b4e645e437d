package main

import (
	"github.com/spf13/cobra"

	"dits/repo"
)

type mvOptions struct {
	force bool
	json  bool
}

func newMv(g *globals) *cobra.Command {
	o := mvOptions{}
	cmd := &cobra.Command{
		Use:     "mv FROM... TO",
		Short:   "Rename or move tracked files and folders",
		GroupID: everyday,
		Long: `Renames a tracked file or folder, in the working folder and in what is staged, or
moves several into a folder. Changes that are not saved go along. A file that is
there is replaced only if forced. Nothing is stored anew.`,
		Example: `  dits mv model.safetensors base.safetensors
  dits mv a.safetensors b.safetensors adapters`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return runMv(cmd, g, o, args) },
	}
	f := cmd.Flags()
	f.BoolVarP(&o.force, "force", "f", false, "replace a file that is there")
	f.BoolVar(&o.json, "json", false, "one JSON object a line for each file or folder")
	return cmd
}

func runMv(cmd *cobra.Command, g *globals, o mvOptions, args []string) error {
	return g.withRepo(func(r *repo.Repo) error {
		paths, err := g.paths(r, args)
		if err != nil {
			return err
		}
		last := len(paths) - 1
		moved, err := r.Move(paths[:last], paths[last], o.force)
		p, here := &printer{w: cmd.OutOrStdout()}, g.here(r)
		for _, m := range moved {
			if o.json {
				p.err = writeJSON(cmd, m)
			} else if !g.quiet {
				p.f("%s -> %s\n", here.path(m.From), here.path(m.To))
			}
		}
		if err != nil {
			return err
		}
		return p.err
	})
}
