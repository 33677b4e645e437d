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
store, the index and the refs. In an existing repository it changes nothing, but for --shared.

Files and folders of .dits and of the store are for those to whom your umask leaves them.
--shared group lets the group write too, --shared all lets the group write and others read.`,
		Example: `  dits init
  dits init llama-8b --store /models/store    # a store for several
  dits init --shared group                    # your group may add too`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runInit(cmd, g, o, args) },
	}
	cmd.Flags().StringVarP(&o.Branch, "initial-branch", "b", "", "the first branch is `NAME`, not main")
	cmd.Flags().StringVar(&o.Store, "store", "", "keep content in `DIR`, which other repositories may share")
	cmd.Flags().StringVar((*string)(&o.Shared), "shared", "", "who may use it: `WHO` is group (write) or all (group write, others read); by default the umask says")
	return cmd
}

func runInit(cmd *cobra.Command, g *globals, o repo.InitOptions, args []string) error {
	dir, err := g.cwd()
	if err != nil {
		return err
	}
	if o.Store != "" {
		o.Store = g.join(dir, o.Store)
	}
	if len(args) == 1 {
		dir = g.join(dir, args[0])
	}
	if err := o.Shared.Check(); err != nil {
		return usageError{err}
	}
	r, err := repo.Init(dir, o)
	if err != nil {
		return err
	}
	defer r.Close()
	if h, err := r.Head(); err == nil && o.Branch != "" && h.Branch != o.Branch {
		tell(cmd.ErrOrStderr(), "dits: warning: the repository was there already: `dits branch -m %s` renames its branch.", typed(o.Branch))
	}
	if !g.quiet {
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "Repository ready in %s\n", visible(r.Dir))
	}
	return err
}
