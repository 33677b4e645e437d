package main

import (
	"cmp"
	"slices"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/refs"
)

type forgetOptions struct {
	repo.ForgetOptions
	json bool
}

func newForget(g *globals) *cobra.Command {
	o := forgetOptions{}
	cmd := &cobra.Command{
		Use:     "forget REV|PATH...",
		Short:   "Take files or commits out of all history",
		GroupID: upkeep,
		Long: `Rewrites the history of this repository as if some files or folders had never been in it, or
some commits never been made: branches, tags, HEAD and the index, and reflogs lead to the
old commits no more. It says what would change, and does it with --yes. Commits get other
ids. The working folder stays as it is. Then "dits gc --grace 0" deletes what nothing needs
any more.

Copies elsewhere, other repositories of a shared store among them, keep what they have.`,
		Example: `  dits forget secret.safetensors             # what would change
  dits forget --yes secret.safetensors
  dits forget --yes -- removed-long-ago.bin
  dits forget --yes main~3`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runForget(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisionsAndPaths
	f := cmd.Flags()
	f.BoolVar(&o.Yes, "yes", false, "do it")
	f.BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

func runForget(cmd *cobra.Command, g *globals, o forgetOptions, args []string) error {
	if slices.Contains(args, "") {
		return usagef("forget: an empty argument, want a revision or a path")
	}
	return g.withRepo(func(r *repo.Repo) (err error) {
		if o.Revs, o.Paths, err = g.words(r, cmd, args, len(args)); err != nil {
			return err
		}
		done, err := r.Forget(o.ForgetOptions)
		if err != nil {
			return err
		}
		if o.json {
			return writeJSON(cmd, done)
		}
		return printForgotten(cmd, g, done)
	})
}

func printForgotten(cmd *cobra.Command, g *globals, f *repo.Forgotten) error {
	p := &printer{w: cmd.OutOrStdout()}
	for _, m := range f.Refs {
		to := "removed"
		if !m.To.IsZero() {
			to = m.To.Short()
		}
		p.f("%s: %s -> %s\n", cmp.Or(refs.Ref{Name: m.Ref}.Short(), m.Ref), m.From.Short(), to)
	}
	would := ""
	if !f.Done {
		would = "would be "
	}
	p.f("%s %srewritten, %d dropped; %s of the index and %s of reflogs %sdropped\n",
		plural(f.Rewritten, "commit", "commits"), would, f.Dropped,
		plural(f.Staged, "entry", "entries"), plural(f.Entries, "entry", "entries"), would)
	switch {
	case !f.Done:
		p.f("Nothing was changed: --yes does it.\n")
	case !g.quiet:
		p.f("`dits gc --grace 0` deletes what nothing needs any more.\n")
	}
	return p.err
}
