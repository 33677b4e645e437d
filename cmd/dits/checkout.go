package main

import (
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/object"
	"dits/repo/refs"
)

type checkoutOptions struct {
	repo.CheckoutOptions
	json bool
}

func newCheckout(g *globals) *cobra.Command {
	o := checkoutOptions{}
	cmd := &cobra.Command{
		Use:     "checkout [REV|BRANCH] [-- PATH...]",
		Short:   "Switch branches, or restore files",
		GroupID: everyday,
		Long: `Makes the working folder that of a branch or revision. Only files that differ are
written. Unsaved changes and untracked files that would be overwritten are named and
nothing is done, unless forced. A revision that is no branch leaves HEAD detached.

With paths, makes those files as in REV (by default as staged), whatever they are now;
HEAD stays.`,
		Example: `  dits checkout ft-customer
  dits checkout -                               # where I was before
  dits checkout -b lora-rank16                  # a new branch here
  dits checkout -b hotfix v1-customer-lora      # a new branch there
  dits checkout HEAD~2 -- model.safetensors     # one file as it was`,
		RunE: func(cmd *cobra.Command, args []string) error { return runCheckout(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisionsAndPaths
	f := cmd.Flags()
	f.StringVarP(&o.NewBranch, "branch", "b", "", "make the branch `NAME`, at the revision given or HEAD, and switch to it")
	f.BoolVarP(&o.Force, "force", "f", false, "overwrite unsaved changes and untracked files in the way")
	f.BoolVar(&o.Detach, "detach", false, "check out the commit even of a branch")
	f.BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

func runCheckout(cmd *cobra.Command, g *globals, o checkoutOptions, args []string) error {
	return g.withRepo(func(r *repo.Repo) error {
		rev, err := o.parse(cmd, g, r, args)
		if err != nil {
			return err
		}
		return o.run(cmd, g, r, rev)
	})
}

// run checks out a revision and says what that did.
func (o checkoutOptions) run(cmd *cobra.Command, g *globals, r *repo.Repo, rev string) error {
	before, err := r.Head()
	if err != nil {
		return err
	}
	o.Progress = g.progress(cmd.ErrOrStderr())
	done, err := r.Checkout(cmd.Context(), rev, o.CheckoutOptions)
	if err != nil {
		return err
	}
	if o.NewBranch != "" {
		warnOfTag(cmd, r, nil, o.NewBranch)
	}
	return o.tell(cmd, g, done, func() error { return printCheckout(cmd, r, before, done, o) })
}

// tell warns of what a checkout has left out or behind, and prints it in JSON or, unless quiet, by print.
func (o checkoutOptions) tell(cmd *cobra.Command, g *globals, done *repo.CheckoutResult, print func() error) error {
	warnLeftOut(cmd, done.LeftOut)
	warnLeftBehind(cmd, done.LeftBehind)
	if o.json {
		done.LeftOut = orEmpty(done.LeftOut)
		return writeJSON(cmd, done)
	}
	if g.quiet {
		return nil
	}
	return print()
}

// warnLeftOut tells of folders in a commit that are not written.
func warnLeftOut(cmd *cobra.Command, dirs []string) {
	for _, dir := range dirs {
		warn(cmd, dir, "belongs to other version control: it is in the commit, and left out here (dits cat reads it)")
	}
}

// warnLeftBehind tells of commits that nothing names any more, and how to keep them.
func warnLeftBehind(cmd *cobra.Command, l *repo.LeftBehind) {
	if l == nil {
		return
	}
	them, are := "them", "commits are"
	if l.Commits == 1 {
		them, are = "it", "commit is"
	}
	id, w := l.Commit.Short(), cmd.ErrOrStderr()
	tell(w, "dits: warning: %d %s in no branch or tag now, the last is %s %s", l.Commits, are, id, visible(l.Subject))
	tell(w, "`dits branch NAME %s` keeps %s.", id, them)
}

// parse reads revision and paths from the command line.
func (o *checkoutOptions) parse(cmd *cobra.Command, g *globals, r *repo.Repo, args []string) (rev string, err error) {
	if o.NewBranch == "" && len(args) == 0 && !o.Detach {
		return "", usagef("checkout: nothing named, want a revision, a branch or paths")
	}
	revs, paths, err := g.checkoutWords(r, cmd, args)
	if err != nil {
		return "", err
	}
	if len(revs) == 1 {
		rev = revs[0]
	}
	switch o.Paths = paths; {
	case len(paths) == 0 && cmd.ArgsLenAtDash() == len(args) && len(args) > 0 && o.NewBranch == "":
		return rev, nil // "checkout REV --" says that REV is no path
	case len(paths) > 0 && o.NewBranch != "":
		return "", usagef("checkout: -b with paths, want one of them")
	case len(paths) > 0 && o.Detach:
		return "", usagef("checkout: --detach with paths, want one of them")
	}
	if o.Detach && rev == "" {
		rev = "HEAD"
	}
	return rev, nil
}

// checkoutWords is words, but that a branch without commits, which names no revision
// yet, can be checked out.
func (g *globals) checkoutWords(r *repo.Repo, cmd *cobra.Command, args []string) (revs, paths []string, err error) {
	h, err := r.Head()
	if err != nil {
		return nil, nil, err
	}
	if len(args) == 1 && h.Commit.IsZero() && args[0] == h.Branch {
		return args, nil, nil
	}
	return g.words(r, cmd, args, 1)
}

func printCheckout(cmd *cobra.Command, r *repo.Repo, before refs.Head, c *repo.CheckoutResult, o checkoutOptions) error {
	p := &printer{w: cmd.OutOrStdout()}
	switch {
	case len(o.Paths) > 0:
		return printRestored(cmd, c)
	case o.NewBranch != "":
		p.f("Switched to a new branch %s%s\n", c.Branch, bytesOf(c))
	case c.Branch == "":
		commit, err := r.ReadCommit(c.Commit)
		if err != nil {
			return err
		}
		p.f("HEAD is now at %s %s%s\n", c.Commit.Short(), object.Subject(commit.Message), bytesOf(c))
	case c.Branch == before.Branch:
		p.f("Already on %s%s\n", c.Branch, bytesOf(c))
	default:
		p.f("Switched to branch %s%s\n", c.Branch, bytesOf(c))
	}
	return p.err
}

// printRestored says which files of the working folder are as they were.
func printRestored(cmd *cobra.Command, c *repo.CheckoutResult) error {
	p := &printer{w: cmd.OutOrStdout()}
	p.f("Restored %s, %s", plural(c.Written, "file", "files"), size(c.Bytes))
	if c.Removed > 0 {
		p.f(", %s removed", plural(c.Removed, "file", "files"))
	}
	p.f("\n")
	return p.err
}

// bytesOf is " (1 file written, 2.0 MiB)", or "" where the folder stayed as it was.
func bytesOf(c *repo.CheckoutResult) string {
	var parts []string
	if c.Written > 0 {
		parts = append(parts, plural(c.Written, "file", "files")+" written", size(c.Bytes))
	}
	if c.Removed > 0 {
		parts = append(parts, plural(c.Removed, "file", "files")+" removed")
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}
