package main

import (
	"github.com/spf13/cobra"

	"dits/repo"
)

type restoreOptions struct {
	checkoutOptions
	repo.RestoreOptions
	worktree bool
}

func newRestore(g *globals) *cobra.Command {
	o := restoreOptions{}
	cmd := &cobra.Command{
		Use:     "restore PATH...",
		Short:   "Bring files back as they were, or unstage them",
		GroupID: everyday,
		Long: `Makes files of the working folder as they are staged, whatever they are now:
changes that were not added are lost. With --staged makes what is staged as in
HEAD, and leaves the working folder alone. --source takes another revision;
tracked files that it does not have are removed. The name of a model in shards
restores these.`,
		Example: `  dits restore model.safetensors                     # drop what I did to it
  dits restore --staged model.safetensors            # the file stays
  dits restore --source HEAD~2 model.safetensors     # the file as it was
  dits restore .`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runRestore(cmd, g, o, args) },
	}
	f := cmd.Flags()
	f.BoolVarP(&o.Staged, "staged", "S", false, "what is staged, as in HEAD")
	f.BoolVarP(&o.worktree, "worktree", "W", false, "the working folder; with --staged both")
	f.StringVarP(&o.Source, "source", "s", "", "as in the revision `REV`")
	f.BoolVar(&o.json, "json", false, "JSON, as checkout has it")
	_ = cmd.RegisterFlagCompletionFunc("source", g.revisions)
	return cmd
}

func runRestore(cmd *cobra.Command, g *globals, o restoreOptions, args []string) error {
	return g.withRepo(func(r *repo.Repo) (err error) {
		if o.RestoreOptions.Paths, err = g.paths(r, args); err != nil {
			return err
		}
		o.Worktree = o.worktree || !o.Staged
		o.RestoreOptions.Progress = g.progress(cmd.ErrOrStderr())
		done, err := r.Restore(cmd.Context(), o.RestoreOptions)
		if err != nil {
			return err
		}
		return o.tell(cmd, g, done, func() error {
			if !o.Worktree {
				return nil
			}
			return printRestored(cmd, done)
		})
	})
}
