package main

import (
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/object"
)

type resetOptions struct {
	checkoutOptions
	soft, mixed, hard bool
}

func newReset(g *globals) *cobra.Command {
	o := resetOptions{}
	cmd := &cobra.Command{
		Use:     "reset [REV] [-- PATH...]",
		Short:   "Move the branch to a revision, or unstage files",
		GroupID: everyday,
		Long: `Moves the current branch to REV (by default HEAD) and unstages everything: what
is staged is as in REV. The working folder stays as it is, unless --hard makes it
that of REV too: then changes to tracked files are lost. BRANCH@{1} is where the
branch was, and dits undo takes the move back.

With paths, only makes what is staged at them as in REV; the branch stays.`,
		Example: `  dits reset                            # unstage everything
  dits reset -- model.safetensors       # unstage one file
  dits reset --soft HEAD~1              # take back a commit, keep it staged
  dits reset --hard HEAD~1              # drop a commit and what it changed`,
		RunE: func(cmd *cobra.Command, args []string) error { return runReset(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisionsAndPaths
	f := cmd.Flags()
	f.BoolVar(&o.soft, "soft", false, "only the branch")
	f.BoolVar(&o.mixed, "mixed", false, "the branch and what is staged: what it does anyway")
	f.BoolVar(&o.hard, "hard", false, "the working folder too; changes to tracked files are lost")
	f.BoolVar(&o.json, "json", false, "JSON, as checkout has it")
	return cmd
}

// mode is how much is reset.
func (o resetOptions) mode() (mode repo.ResetMode, given int) {
	for _, m := range []struct {
		set  bool
		mode repo.ResetMode
	}{{o.soft, repo.ResetSoft}, {o.mixed, repo.ResetMixed}, {o.hard, repo.ResetHard}} {
		if m.set {
			mode = m.mode
			given++
		}
	}
	return mode, given
}

func runReset(cmd *cobra.Command, g *globals, o resetOptions, args []string) error {
	mode, given := o.mode()
	if given > 1 {
		return usagef("reset: --soft, --mixed and --hard: want one of them")
	}
	return g.withRepo(func(r *repo.Repo) error {
		revs, paths, err := g.words(r, cmd, args, 1)
		if err != nil {
			return err
		}
		rev := strings.Join(revs, "")
		if len(paths) > 0 {
			if mode != repo.ResetMixed {
				return usagef("reset: --soft and --hard take no paths (`dits restore` brings files back)")
			}
			return o.unstage(cmd, g, r, rev, paths)
		}
		done, err := r.Reset(cmd.Context(), rev, mode, g.progress(cmd.ErrOrStderr()))
		if err != nil {
			return err
		}
		return o.tell(cmd, g, done, func() error { return printReset(cmd, r, done) })
	})
}

// unstage makes what is staged at paths as in a revision.
func (o resetOptions) unstage(cmd *cobra.Command, g *globals, r *repo.Repo, rev string, paths []string) error {
	done, err := r.Restore(cmd.Context(), repo.RestoreOptions{Source: rev, Paths: paths, Staged: true})
	if err != nil {
		return err
	}
	return o.tell(cmd, g, done, func() error { return nil })
}

func printReset(cmd *cobra.Command, r *repo.Repo, c *repo.CheckoutResult) error {
	what := orHead(c.Branch)
	p := &printer{w: cmd.OutOrStdout()}
	if c.Commit.IsZero() {
		p.f("%s has no commits yet%s\n", what, bytesOf(c))
		return p.err
	}
	commit, err := r.ReadCommit(c.Commit)
	if err != nil {
		return err
	}
	p.f("%s is now at %s %s%s\n", what, c.Commit.Short(), object.Subject(commit.Message), bytesOf(c))
	return p.err
}
