package main

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/object"
	"dits/repo/refs"
)

// A loggedMove is one move of a ref in the JSON of reflog.
type loggedMove struct {
	Name string `json:"name"` // "main@{1}", a REV
	refs.LogEntry
}

func newReflog(g *globals) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:     "reflog [REF]",
		Short:   "Show where a branch or HEAD was, or forget that",
		GroupID: past,
		Long: `Shows the moves of a branch, or of HEAD, newest first. NAME@{N} is a revision: where it
was N moves ago. What reflogs name is kept by gc until the entry expires.`,
		Example: `  dits reflog
  dits reflog main
  dits reflog expire --all`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runReflog(cmd, g, asJSON, args) },
	}
	cmd.ValidArgsFunction = g.revisions
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	cmd.AddCommand(newReflogShow(g), newReflogExpire(g))
	return cmd
}

func newReflogShow(g *globals) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:     "show [REF]",
		Short:   "What reflog does without a command",
		Long:    "Shows the moves of a branch, or of HEAD, newest first, as dits reflog does.",
		Example: "  dits reflog show main",
		Args:    asUsage(cobra.MaximumNArgs(1)),
		RunE:    func(cmd *cobra.Command, args []string) error { return runReflog(cmd, g, asJSON, args) },
	}
	cmd.ValidArgsFunction = g.revisions
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	return cmd
}

func runReflog(cmd *cobra.Command, g *globals, asJSON bool, args []string) error {
	return g.withScreen(cmd, func(r *repo.Repo, out *screen) error {
		ref, err := r.LogRef(strings.Join(args, ""))
		if err != nil {
			return err
		}
		entries, err := r.Reflog(ref)
		if err != nil {
			return err
		}
		short := strings.TrimPrefix(ref, object.BranchPrefix)
		p := &printer{w: out}
		for n, e := range entries {
			name := short + "@{" + strconv.Itoa(n) + "}"
			if asJSON {
				if err := writeJSON(cmd, loggedMove{name, e}); err != nil {
					return err
				}
				continue
			}
			p.f("%s %s: %s\n", e.New.Short(), name, e.Reason)
		}
		return p.err
	})
}

type expireOptions struct {
	repo.ExpireOptions
	expire, unreachable string
}

func newReflogExpire(g *globals) *cobra.Command {
	o := expireOptions{}
	cmd := &cobra.Command{
		Use:   "expire [--all] [REF...]",
		Short: "Drop old entries from reflogs",
		Long: `Drops entries that are older than --expire, and those of commits that the ref does not have
now when they are older than --expire-unreachable. The next gc may free what only they named.`,
		Example: `  dits reflog expire --all
  dits reflog expire --expire 0 main`,
		RunE: func(cmd *cobra.Command, args []string) error { return runReflogExpire(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisions
	cmd.Args = asUsage(cobra.ArbitraryArgs)
	f := cmd.Flags()
	f.StringVar(&o.expire, "expire", ageText(repo.DefaultExpire), "drop what is older than `D`: 0, 12h, 30d, 2w")
	f.StringVar(&o.unreachable, "expire-unreachable", ageText(repo.DefaultExpireUnreachable), "drop what is older than `D` and leads to commits that the ref has not")
	f.BoolVar(&o.All, "all", false, "of all branches and HEAD")
	return cmd
}

func runReflogExpire(cmd *cobra.Command, g *globals, o expireOptions, args []string) (err error) {
	if len(args) == 0 && !o.All {
		return usagef("reflog expire: no ref, want some, or --all")
	}
	if o.Expire, err = parseAge("--expire", o.expire); err != nil {
		return err
	}
	if o.Unreachable, err = parseAge("--expire-unreachable", o.unreachable); err != nil {
		return err
	}
	return g.withRepo(func(r *repo.Repo) error {
		dropped, err := r.ExpireReflogs(args, o.ExpireOptions)
		p := &printer{w: cmd.OutOrStdout()}
		for _, ref := range slices.Sorted(maps.Keys(dropped)) {
			if n := dropped[ref]; n > 0 && !g.quiet {
				p.f("%s: %s dropped\n", strings.TrimPrefix(ref, object.BranchPrefix), plural(n, "entry", "entries"))
			}
		}
		if err != nil {
			return err
		}
		return p.err
	})
}
