package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"dits/repo"
)

type fsckOptions struct {
	rebuild bool
	quick   bool
}

func newFsck(g *globals) *cobra.Command {
	o := fsckOptions{}
	cmd := &cobra.Command{
		Use:     "fsck",
		Short:   "Verify the store, or make its catalog again",
		GroupID: upkeep,
		Long: `Reads every byte of every pack, decodes every tensor and compares every digest. What is
damaged is named: pack and offset, file and tensor. Exit status 12 when something is.

--rebuild makes the catalog, a cache, again from the packs first.`,
		Example: `  dits fsck
  dits fsck --quick       # checksums only
  dits fsck --rebuild`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runFsck(cmd, g, o) },
	}
	cmd.Flags().BoolVar(&o.rebuild, "rebuild", false, "make the catalog again from the packs")
	cmd.Flags().BoolVar(&o.quick, "quick", false, "compare checksums; decode nothing")
	return cmd
}

func runFsck(cmd *cobra.Command, g *globals, o fsckOptions) error {
	if o.rebuild {
		dir, err := g.cwd()
		if err != nil {
			return err
		}
		if err := repo.Rebuild(dir); err != nil {
			return err
		}
	}
	r, err := g.open()
	if err != nil {
		return err
	}
	defer r.Close()
	problems, err := r.Fsck(cmd.Context(), repo.FsckOptions{
		Quick:    o.quick,
		Progress: g.progress(cmd.ErrOrStderr()),
		Report:   func(err error) { tell(cmd.ErrOrStderr(), "dits: %v", err) },
	})
	if err != nil {
		return err
	}
	if problems > 0 {
		return fmt.Errorf("%w: %s found", errProblems, plural(problems, "problem", "problems"))
	}
	if !g.quiet {
		fmt.Fprintln(cmd.OutOrStdout(), "everything is right")
	}
	return nil
}
