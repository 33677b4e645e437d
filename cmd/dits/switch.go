package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/object"
	"dits/repo/refs"
)

func newSwitch(g *globals) *cobra.Command {
	o := checkoutOptions{}
	cmd := &cobra.Command{
		Use:     "switch BRANCH",
		Short:   "Switch to a branch, or make one",
		GroupID: everyday,
		Long: `Makes the working folder that of a branch, or with --detach of any revision. Only
files that differ are written. Unsaved changes and untracked files that would be
overwritten are named and nothing is done, unless forced. "-" is what was checked
out before.`,
		Example: `  dits switch ft-customer
  dits switch -                              # back to where I was
  dits switch -c lora-rank16                 # a new branch here
  dits switch -c hotfix v1-customer-lora     # a new branch there
  dits switch --detach HEAD~2                # look at an older state`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runSwitch(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.branches
	f := cmd.Flags()
	f.StringVarP(&o.NewBranch, "create", "c", "", "make the branch `NAME`, at the revision given or HEAD")
	f.BoolVarP(&o.Force, "force", "f", false, "overwrite unsaved changes and untracked files in the way")
	f.BoolVar(&o.Detach, "detach", false, "look at the commit of any revision, on no branch")
	f.BoolVar(&o.json, "json", false, "JSON, as checkout has it")
	return cmd
}

// branches completes names of branches, and with a flag that takes any revision those of tags too.
func (g *globals) branches(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if cmd.Flags().Changed("create") || cmd.Flags().Changed("detach") {
		return g.revisions(cmd, args, word)
	}
	return g.refsBelow("refs/heads/")
}

func runSwitch(cmd *cobra.Command, g *globals, o checkoutOptions, args []string) error {
	rev := ""
	switch {
	case len(args) == 1:
		rev = args[0]
	case o.Detach && o.NewBranch == "":
		rev = "HEAD"
	case o.NewBranch == "":
		return usagef("switch: no branch, want one (or -c NAME to make it)")
	}
	if o.Detach && o.NewBranch != "" {
		return usagef("switch: -c with --detach, want one of them")
	}
	return g.withRepo(func(r *repo.Repo) error {
		if o.NewBranch == "" && !o.Detach && rev != "-" {
			if err := wantBranch(r, rev); err != nil {
				return err
			}
		}
		return o.run(cmd, g, r, rev)
	})
}

// wantBranch refuses what is no branch, and says what it is.
func wantBranch(r *repo.Repo, rev string) error {
	name, err := r.Named(rev)
	if err != nil {
		return err
	}
	h, err := r.Head()
	if err != nil || name == h.Branch {
		return err
	}
	if ref, err := refs.BranchRef(name); err == nil {
		if id, err := r.ReadRef(ref); err != nil || !id.IsZero() {
			return err
		}
	}
	if _, err := r.Resolve(name); errors.Is(err, refs.ErrUnknownRevision) && !strings.ContainsAny(name, "~^@") {
		return r.NoRef(object.BranchPrefix, name)
	} else if err != nil {
		return err
	}
	return fmt.Errorf("switch: %s is no branch: --detach looks at it, -c NAME makes a branch there", name)
}
