package main

import (
	"github.com/spf13/cobra"

	"dits/repo"
)

type repackOptions struct {
	repo.RepackOptions
	level string
	json  bool
}

func newRepack(g *globals) *cobra.Command {
	o := repackOptions{}
	cmd := &cobra.Command{
		Use:     "repack",
		Short:   "Store tensors against better sources, and merge small packs",
		GroupID: upkeep,
		Long: `Looks for a better way to store each tensor of the store: among all tensors of the same
role and shape, those that arrived later too. What takes clearly less space is stored
anew, and the old records are dropped once the new ones were read back. No commit
changes. It can be stopped at any time; other commands may run meanwhile.`,
		Example: `  dits repack -n              # what would be gained
  dits repack
  dits repack --level max --depth 1`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runRepack(cmd, g, o) },
	}
	f := cmd.Flags()
	f.BoolVarP(&o.DryRun, "dry-run", "n", false, "say what would be gained; write nothing")
	f.StringVar(&o.level, "level", "default", "how hard to look for what is smaller: `LEVEL` is fast, default or max")
	f.IntVar(&o.Depth, "depth", 6, "at most `N` tensors in a chain in which each is coded against the next, 1 to 16")
	f.BoolVar(&o.json, "json", false, "JSON")
	_ = cmd.RegisterFlagCompletionFunc("level", cobra.FixedCompletions([]string{"fast", "default", "max"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func runRepack(cmd *cobra.Command, g *globals, o repackOptions) (err error) {
	if o.Level, err = parseLevel(o.level); err != nil {
		return err
	}
	if o.Depth < 1 || o.Depth > 16 {
		return usagef("repack: --depth %d, want 1 to 16", o.Depth)
	}
	o.Progress = g.progress(cmd.ErrOrStderr())
	return g.withRepo(func(r *repo.Repo) error {
		done, err := r.Repack(cmd.Context(), o.RepackOptions)
		if err != nil {
			return err
		}
		if o.json {
			return writeJSON(cmd, done)
		}
		return printRepacked(cmd, done)
	})
}

func printRepacked(cmd *cobra.Command, r *repo.Repacked) error {
	p := &printer{w: cmd.OutOrStdout()}
	stored, now := "stored anew", "now"
	if r.DryRun {
		stored, now = "would be stored anew", "then about"
	}
	p.f("%s, %d %s\n", plural(r.Tensors, "tensor", "tensors"), r.Recoded, stored)
	p.f("%s in %s, %s %s in %s%s\n", size(r.Before), plural(r.PacksBefore, "pack", "packs"), now,
		size(r.After), plural(r.PacksAfter, "pack", "packs"), percentOf(r.After, r.Before))
	return p.err
}
