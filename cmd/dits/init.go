package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"dits/repo"
)

func newInit(g *globals) *cobra.Command {
	o := repo.InitOptions{}
	cmd := &cobra.Command{
		Use:     "init [DIR]",
		Short:   "Make a new repository",
		GroupID: everyday,
		Long: `Makes a repository in DIR, by default in the current folder: a folder .dits with the
store, the index and the refs. In an existing repository it changes nothing.`,
		Example: `  dits init
  dits init llama-8b --store /models/store    # a store shared by several repositories`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runInit(cmd, g, o, args) },
	}
	cmd.Flags().StringVar(&o.Store, "store", "", "keep content in `DIR`, which other repositories may share")
	return cmd
}

func runInit(cmd *cobra.Command, g *globals, o repo.InitOptions, args []string) error {
	dir, err := g.cwd()
	if err != nil {
		return err
	}
	if len(args) == 1 {
		dir = g.join(dir, args[0])
	}
	r, err := repo.Init(dir, o)
	if err != nil {
		return err
	}
	defer r.Close()
	if !g.quiet {
		fmt.Fprintf(cmd.OutOrStdout(), "Repository ready in %s\n", visible(r.Dir))
	}
	return nil
}
