package main

import (
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/merge"
	"dits/repo/object"
)

type mergeOptions struct {
	repo.MergeOptions
	strategy string
	messages []string
	json     bool
}

func newMerge(g *globals) *cobra.Command {
	o := mergeOptions{}
	cmd := &cobra.Command{
		Use:     "merge BRANCH",
		Short:   "Bring the changes of another branch into this one",
		GroupID: past,
		Long: `Brings what BRANCH (or any revision) changed since it parted from HEAD into the current branch:
a file that only one side changed as that side has it, and in a file of tensors that both
changed each tensor as the side that changed it. What both sides changed is a conflict: all are
named, nothing is changed, and the exit status is 1, unless --strategy decides. Where HEAD has
no commits of its own it only moves forward.`,
		Example: `  dits merge ft-customer
  dits merge ft-customer --strategy average     # mean where both changed
  dits merge ft-customer --strategy theirs -m "the customer's weights win"`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runMerge(cmd, g, o, args[0]) },
	}
	cmd.ValidArgsFunction = g.revisions
	f := cmd.Flags()
	f.StringVar(&o.strategy, "strategy", "", "what both sides changed becomes `S`: average (float tensors), ours or theirs")
	f.StringArrayVarP(&o.messages, "message", "m", nil, "the `MSG` of the commit; given again, another paragraph")
	f.StringVar(&o.Author, "author", "", "`\"NAME <MAIL>\"` instead of the configured one")
	f.BoolVar(&o.json, "json", false, "JSON")
	_ = cmd.RegisterFlagCompletionFunc("strategy", cobra.FixedCompletions([]string{"average", "ours", "theirs"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func runMerge(cmd *cobra.Command, g *globals, o mergeOptions, rev string) error {
	o.Strategy = merge.Strategy(o.strategy)
	switch o.Strategy {
	case merge.None, merge.Average, merge.Ours, merge.Theirs:
	default:
		return usagef("merge: strategy %q, want average, ours or theirs", o.strategy)
	}
	o.Message = strings.Join(o.messages, "\n\n")
	return g.withRepo(func(r *repo.Repo) error {
		o.Progress = g.progress(cmd.ErrOrStderr())
		done, err := r.Merge(cmd.Context(), rev, o.MergeOptions)
		if err == nil {
			warnLeftOut(cmd, done.LeftOut)
		}
		switch {
		case err != nil:
			return err
		case o.json:
			done.LeftOut = orEmpty(done.LeftOut)
			err = writeJSON(cmd, done)
		case len(done.Conflicts) > 0 || !g.quiet:
			err = printMerge(cmd, g, r, rev, done)
		}
		if err == nil && len(done.Conflicts) > 0 {
			return errDifferent
		}
		return err
	})
}

func printMerge(cmd *cobra.Command, g *globals, r *repo.Repo, rev string, m *repo.MergeResult) error {
	p := &printer{w: cmd.OutOrStdout()}
	switch {
	case len(m.Conflicts) > 0:
		for _, c := range m.Conflicts {
			p.f("conflict: %s: %s\n", conflictPlace(c), c.Reason)
		}
		p.f("%s, nothing changed (--strategy average, ours or theirs decides)\n", plural(len(m.Conflicts), "conflict", "conflicts"))
		return p.err
	case m.UpToDate:
		p.f("Already up to date\n")
		return p.err
	case m.FastForward:
		p.f("Fast-forward to %s\n", m.Commit.Short())
	default:
		c, err := r.ReadCommit(m.Commit)
		if err != nil {
			return err
		}
		p.f("[%s %s] %s\n", orDetached(m.Branch), m.Commit.Short(), object.Subject(c.Message))
	}
	here := g.here(r)
	for _, f := range m.Files {
		p.f("  %s: %s\n", here.path(f.Path), howMerged(rev, f))
	}
	return p.err
}

func orDetached(branch string) string {
	if branch == "" {
		return "detached HEAD"
	}
	return branch
}

// conflictPlace is a path, and the tensor in it.
func conflictPlace(c merge.Conflict) string {
	if c.Tensor == "" {
		return c.Path
	}
	return c.Path + ": " + c.Tensor
}

// howMerged is "as in ft", what the file is called in HEAD, or how many tensors came from where.
func howMerged(rev string, f merge.MergedFile) string {
	var parts []string
	if f.From != "" {
		parts = append(parts, "renamed from "+f.From)
	}
	switch f.How {
	case "theirs", "renamed":
		return strings.Join(append(parts, "as in "+rev), ", ")
	case "removed":
		return "removed, as in " + rev
	}
	parts = append(parts, "merged")
	if f.Theirs > 0 {
		parts = append(parts, plural(f.Theirs, "tensor", "tensors")+" from "+rev)
	}
	if f.Averaged > 0 {
		parts = append(parts, plural(f.Averaged, "tensor", "tensors")+" averaged")
	}
	return strings.Join(parts, ", ")
}
