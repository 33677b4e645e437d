package main

import (
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
)

type diffOptions struct {
	tensors  bool
	stat     bool
	nameOnly bool
	staged   bool
	exitCode bool
	json     bool
}

func newDiff(g *globals) *cobra.Command {
	o := diffOptions{}
	cmd := &cobra.Command{
		Use:     "diff [A [B]] [[--] PATH...]",
		Short:   "Show which layers and tensors changed, and how far",
		GroupID: history,
		Long: `Compares A with B; A with the working folder; or what is staged with the working folder.
A..B is A B. For each file that changed: how many tensors did, and a table of layers and
modules with the relative change ‖ΔW‖/‖W‖ of each. "=" is identical, "≠" changed where
no figure can be given, " " is not there.`,
		Example: `  dits diff                          # working folder against what is staged
  dits diff --staged                 # what the next commit will change
  dits diff main ft-customer
  dits diff --tensors main..ft-customer -- model.safetensors
  dits diff --exit-code --name-only HEAD~1 HEAD`,
		RunE: func(cmd *cobra.Command, args []string) error { return runDiff(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisionsAndPaths
	f := cmd.Flags()
	f.BoolVar(&o.tensors, "tensors", false, "each tensor: share of elements changed, relative L2, largest change, cosine")
	f.BoolVar(&o.stat, "stat", false, "count tensors a file; read none")
	f.BoolVar(&o.nameOnly, "name-only", false, "only the paths of files that differ")
	f.BoolVar(&o.staged, "staged", false, "compare A (by default HEAD) with what is staged")
	f.BoolVar(&o.exitCode, "exit-code", false, "exit status 1 if there are differences")
	f.BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

func runDiff(cmd *cobra.Command, g *globals, o diffOptions, args []string) error {
	if shapes := count(o.tensors, o.stat, o.nameOnly); shapes > 1 {
		return usagef("diff: %d of --tensors, --stat and --name-only, want one", shapes)
	}
	return g.withRepo(func(r *repo.Repo) error {
		revs, paths, err := g.words(r, cmd, args, 2)
		if err != nil {
			return err
		}
		a, b, err := o.sides(r, revs)
		if err != nil {
			return err
		}
		d, err := r.Diff(cmd.Context(), a, b, repo.DiffOptions{Paths: paths, FilesOnly: o.nameOnly, DigestsOnly: o.stat})
		if err != nil {
			return err
		}
		if err := o.print(cmd, d); err != nil {
			return err
		}
		if o.exitCode && len(d.Files) > 0 {
			return errDifferent
		}
		return nil
	})
}

// sides are the two states that the revisions and --staged name.
func (o *diffOptions) sides(r *repo.Repo, revs []string) (a, b repo.Side, err error) {
	if len(revs) == 1 {
		if from, to, isRange := strings.Cut(revs[0], ".."); isRange {
			revs = []string{orHead(from), orHead(to)}
		}
	}
	switch {
	case len(revs) == 2 && (strings.Contains(revs[0], "..") || strings.Contains(revs[1], "..")):
		return a, b, usagef("diff: %s %s, want A B or A..B", revs[0], revs[1])
	case len(revs) == 2 && o.staged:
		return a, b, usagef("diff: --staged with 2 revisions, want at most one")
	case len(revs) == 2:
		return repo.AtRevision(revs[0]), repo.AtRevision(revs[1]), nil
	case len(revs) == 1 && o.staged:
		return repo.AtRevision(revs[0]), repo.AtIndex(), nil
	case len(revs) == 1:
		return repo.AtRevision(revs[0]), repo.AtWork(), nil
	case !o.staged:
		return repo.AtIndex(), repo.AtWork(), nil
	}
	h, err := r.Head()
	if h.Commit.IsZero() {
		return repo.AtNothing(), repo.AtIndex(), err
	}
	return repo.AtRevision("HEAD"), repo.AtIndex(), err
}

// orHead is a revision, HEAD where none is named.
func orHead(rev string) string {
	if rev == "" {
		return "HEAD"
	}
	return rev
}

// print prints a diff in the form that was asked for.
func (o *diffOptions) print(cmd *cobra.Command, d *repo.Diff) error {
	w := cmd.OutOrStdout()
	switch {
	case o.json:
		return writeJSON(cmd, d)
	case len(d.Files) == 0:
		return nil
	case o.nameOnly:
		p := &printer{w: w}
		for _, f := range d.Files {
			p.f("%s\n", lastPath(f))
		}
		return p.err
	case o.stat:
		return printDiffStat(w, d)
	}
	for i := range d.Files {
		if err := printFileDiff(w, &d.Files[i], o.tensors); err != nil {
			return err
		}
	}
	return printSummary(w, d, true)
}

// lastPath is where a file is in b, or was if it is gone.
func lastPath(f repo.FileDiff) string {
	if f.PathB != "" {
		return f.PathB
	}
	return f.Path
}

func count(claims ...bool) (n int) {
	for _, c := range claims {
		if c {
			n++
		}
	}
	return n
}
