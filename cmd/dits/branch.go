package main

import (
	"fmt"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

type branchOptions struct {
	delete      bool
	forceDelete bool
	move        bool
	all         bool
	force       bool
	verbose     bool
	list        bool
	current     bool
	json        bool
}

func newBranch(g *globals) *cobra.Command {
	o := branchOptions{}
	cmd := &cobra.Command{
		Use:     "branch [NAME [START]]",
		Short:   "List, make, rename and remove branches",
		GroupID: past,
		Long: `Without arguments lists the branches, the current one marked with *. With NAME makes a
branch at START (by default HEAD) without switching to it. With --list, words are patterns.`,
		Example: `  dits branch -v
  dits branch --list 'ft-*'
  dits branch ft-customer                # here
  dits branch hotfix v1-customer-lora    # there
  dits branch -m new-name                # rename the current one
  dits branch -d ft-customer             # not if commits would be lost; -D`,
		RunE: func(cmd *cobra.Command, args []string) error { return runBranch(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.named(object.BranchPrefix, "delete", "delete-force", "move", "list")
	f := cmd.Flags()
	f.BoolVarP(&o.delete, "delete", "d", false, "remove branches whose commits HEAD has")
	f.BoolVarP(&o.forceDelete, "delete-force", "D", false, "remove branches whatever they hold")
	f.BoolVarP(&o.move, "move", "m", false, "rename: [OLD] NEW")
	f.BoolVarP(&o.all, "all", "a", false, "list branches of remotes too")
	f.BoolVarP(&o.list, "list", "l", false, "list the branches whose name matches a pattern: * is any run of characters")
	f.BoolVar(&o.current, "show-current", false, "print the name of the current branch, nothing if HEAD is detached")
	f.BoolVarP(&o.force, "force", "f", false, "move a branch that exists, or rename over one")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "list with commit and subject")
	f.BoolVar(&o.json, "json", false, "the list as JSON")
	return cmd
}

func runBranch(cmd *cobra.Command, g *globals, o branchOptions, args []string) error {
	remove := o.delete || o.forceDelete
	switch {
	case remove && o.move:
		return usagef("branch: -d with -m, want one of them")
	case o.current:
		return showCurrent(cmd, g, o, args)
	case o.list && (remove || o.move || o.force):
		return usagef("branch: --list with -d, -m or -f, want one of them")
	case remove && len(args) == 0:
		return usagef("branch: no name, want the branches to remove")
	case !remove && !o.list && len(args) > 2:
		return usagef("branch: %d arguments, want at most 2", len(args))
	case o.move && len(args) == 0:
		return usagef("branch: no name, want -m [OLD] NEW")
	case len(args) > 0 && !o.list && (o.all || o.verbose || o.json):
		return usagef("branch: a name, and a flag of the list: want one of them")
	}
	if (len(args) == 0 || o.list) && !o.verbose && !o.json {
		return g.withNames(func(r *repo.Repo) error { return listBranches(cmd, r, o, args) })
	}
	return g.withRepo(func(r *repo.Repo) error {
		switch {
		case remove:
			return removeBranches(cmd, g, r, args, o.forceDelete || o.force)
		case o.move:
			return r.RenameBranch(strings.Join(args[:len(args)-1], ""), args[len(args)-1], o.force)
		case len(args) > 0 && !o.list:
			_, err := r.CreateBranch(args[0], strings.Join(args[1:], ""), o.force)
			warnOfTag(cmd, r, err, args[0])
			return err
		}
		return listBranches(cmd, r, o, args)
	})
}

// showCurrent prints the name of the branch that is checked out.
func showCurrent(cmd *cobra.Command, g *globals, o branchOptions, args []string) error {
	if len(args) > 0 || o != (branchOptions{current: true}) {
		return usagef("branch: --show-current goes alone")
	}
	return g.withNames(func(r *repo.Repo) error {
		h, err := r.Head()
		if err != nil || h.Detached() {
			return err
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), h.Branch)
		return err
	})
}

// warnOfTag tells of a branch that was made beside a tag of its name.
func warnOfTag(cmd *cobra.Command, r *repo.Repo, err error, name string) {
	warnOfTwins(cmd, r, err, name, object.TagPrefix, "is a tag, too: as a revision it is that, and refs/heads/"+name+" the branch")
}

// warnOfTwins tells of a name that something below prefix has already, once another of that name was made.
func warnOfTwins(cmd *cobra.Command, r *repo.Repo, err error, name, prefix, what string) {
	if err != nil {
		return
	}
	if id, err := r.ReadRef(prefix + name); err == nil && !id.IsZero() {
		warn(cmd, name, what)
	}
}

// wasAt is what a ref that is gone named.
func wasAt(id digest.ID) string {
	if id.IsZero() {
		return "not to be read"
	}
	return id.Short()
}

func removeBranches(cmd *cobra.Command, g *globals, r *repo.Repo, names []string, force bool) error {
	for _, name := range names {
		id, err := r.DeleteBranch(name, force)
		if err != nil {
			return err
		}
		if !g.quiet {
			if _, err := fmt.Fprintf(cmd.OutOrStdout(), "Deleted branch %s (was %s)\n", visible(name), wasAt(id)); err != nil {
				return err
			}
		}
	}
	return nil
}

// A listedBranch is a branch in JSON.
type listedBranch struct {
	Name    string    `json:"name"`
	Commit  digest.ID `json:"commit"`
	Subject string    `json:"subject"`
	Current bool      `json:"current"`
	Remote  bool      `json:"remote"`
}

// unreadable stands for the subject of what a ref names and the store does not give.
const unreadable = "(cannot be read; `dits fsck` says why)"

// listedBranches are the branches by name, those of remotes last. The subject is for who asks for it:
// it is in the store.
func listedBranches(r *repo.Repo, o branchOptions) ([]listedBranch, error) {
	h, err := r.Head()
	if err != nil {
		return nil, err
	}
	refs, err := r.Branches()
	if err != nil {
		return nil, err
	}
	if o.all {
		remotes, err := r.GoodRefs("refs/remotes/")
		if err != nil {
			return nil, err
		}
		refs = append(refs, remotes...)
	}
	list := make([]listedBranch, len(refs))
	for i, ref := range refs {
		local := strings.HasPrefix(ref.Name, "refs/heads/")
		list[i] = listedBranch{ref.Short(), ref.ID, "", local && ref.Short() == h.Branch, !local}
		if !o.verbose && !o.json {
			continue
		}
		c, err := r.ReadCommit(ref.ID)
		if err != nil {
			c.Message = unreadable
		}
		list[i].Subject = object.Subject(c.Message)
	}
	return list, nil
}

// warnOfBroken says which refs a list cannot have.
func warnOfBroken(cmd *cobra.Command, r *repo.Repo, prefix string) error {
	s, err := r.SurveyRefs(prefix)
	for _, name := range s.Names() {
		if broken := s.Broken[name]; broken != nil {
			tell(cmd.ErrOrStderr(), "dits: warning: %v", broken)
		}
	}
	return err
}

// matching are the things whose name matches one of the patterns, all where there are none.
func matching[T any](patterns []string, name func(T) string, list []T) ([]T, error) {
	if len(patterns) == 0 {
		return list, nil
	}
	out := []T{}
	for _, x := range list {
		for _, pattern := range patterns {
			// "*" matches slashes too, as in git: names are not paths here.
			ok, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(name(x), "/", "\x00"))
			if err != nil {
				return nil, usagef("pattern %q: %v", pattern, err)
			}
			if ok {
				out = append(out, x)
				break
			}
		}
	}
	return out, nil
}

func listBranches(cmd *cobra.Command, r *repo.Repo, o branchOptions, patterns []string) error {
	if err := warnOfBroken(cmd, r, "refs/heads/"); err != nil {
		return err
	}
	list, err := listedBranches(r, o)
	if err == nil {
		list, err = matching(patterns, func(b listedBranch) string { return b.Name }, list)
	}
	if err != nil {
		return err
	}
	if o.json {
		return writeJSON(cmd, list)
	}
	h, err := r.Head()
	if err != nil {
		return err
	}
	t := &table{}
	if h.Detached() && len(patterns) == 0 {
		t.row("* (HEAD detached at " + h.Commit.Short() + ")")
	}
	for _, b := range list {
		name := "  " + b.Name
		if b.Current {
			name = "* " + b.Name
		}
		if o.verbose {
			t.row(name, b.Commit.Short(), b.Subject)
		} else {
			t.row(name)
		}
	}
	return t.write(cmd.OutOrStdout())
}
