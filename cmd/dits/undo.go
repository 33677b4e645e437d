package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/object"
	"dits/repo/work"
	"dits/tensorstore/disk"
)

type undoOptions struct {
	repo.UndoOptions
	json bool
}

func newUndo(g *globals) *cobra.Command {
	o := undoOptions{}
	cmd := &cobra.Command{
		Use:     "undo",
		Short:   "Take back the last commit, merge, reset or add",
		GroupID: everyday,
		Long: `Takes back the last command that moved the current branch, by the reflog of HEAD:
a commit, an amend, a merge or a reset. What a commit had staged is staged again; the
first one leaves a branch without commits.
Or the last that only changed what is staged: add, derive, rm, mv, reset, restore --staged,
checkout REV -- PATH. A file that rm took from the folder: dits restore brings it back.
The working folder stays as it is, unless --hard; even that refuses to lose a
change that is not saved. A second undo does again what the first took back.

A switch is taken back by dits switch -; dits reset and dits reflog go further back. What
branch and tag did is not taken back.`,
		Example: `  dits undo -n        # what would it take back?
  dits undo
  dits undo --hard    # the files, too`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runUndo(cmd, g, o) },
	}
	f := cmd.Flags()
	f.BoolVarP(&o.DryRun, "dry-run", "n", false, "only say what would be taken back")
	f.BoolVar(&o.Hard, "hard", false, "the working folder too, if no change is lost by it")
	f.BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

func runUndo(cmd *cobra.Command, g *globals, o undoOptions) error {
	return g.withRepo(func(r *repo.Repo) error {
		o.Progress = g.progress(cmd.ErrOrStderr())
		done, err := r.Undo(cmd.Context(), o.UndoOptions)
		switch {
		case err != nil:
			return err
		case o.json:
			return writeJSON(cmd, done)
		case g.quiet && !o.DryRun:
			return nil
		}
		return printUndone(cmd, g, r, done)
	})
}

func printUndone(cmd *cobra.Command, g *globals, r *repo.Repo, u *repo.Undone) error {
	how, is := "Took back", "is now"
	if u.Again {
		how = "Did again"
	}
	if !u.Done {
		how, is = "Would take back", "would be"
		if u.Again {
			how = "Would do again"
		}
	}
	files := bytesOf(&repo.CheckoutResult{Written: u.Written, Removed: u.Removed, Bytes: u.Bytes})
	p := &printer{w: cmd.OutOrStdout()}
	width := terminalWidth(p.w)
	p.filled(width, "  ", append([]string{how + ":"}, strings.Fields(u.What)...)...)
	if len(u.Staged) > 0 {
		printStagedAgain(p, g.here(r).changes(u.Staged), width)
		if u.Done {
			tellGone(p, g.here(r), r, u.Staged, width)
		}
		if files != "" {
			p.f(" %s\n", files) // which begins with a space
		}
		return p.err
	}
	if u.To.IsZero() {
		p.f("%s %s no commits%s\n", u.Branch, map[bool]string{true: "now has", false: "would have"}[u.Done], files)
		return p.err
	}
	to, err := r.ReadCommit(u.To)
	if err != nil {
		return err
	}
	now := fmt.Sprintf("%s %s at %s %s", orHead(u.Branch), is, u.To.Short(), object.Subject(to.Message))
	p.words(width, "", now+files)
	return p.err
}

// printStagedAgain tells what became of what was staged, in lines of that many columns, 0 for any.
func printStagedAgain(p *printer, changes []work.Change, width int) {
	const most = 3
	for _, kind := range []struct{ name, first, second string }{
		{"staged again", work.ChangeAdded, ""},
		{"staged as before", work.ChangeModified, work.ChangeType},
		{"no longer staged", work.ChangeDeleted, ""},
	} {
		var paths []string
		for _, c := range changes {
			if c.Status == kind.first || c.Status == kind.second {
				paths = append(paths, c.Path)
			}
		}
		if len(paths) > 0 {
			p.filled(width, "    ", append([]string{"  " + kind.name + ":"}, listed(paths, most)...)...)
		}
	}
}

// listed are the parts of the list of names that [work.FirstOf] makes, each of which stays on one line.
func listed(names []string, most int) []string {
	shown := slices.Clone(names[:min(most, len(names))])
	for i := range shown[1:] {
		shown[i] += ","
	}
	if more := len(names) - len(shown); more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	return shown
}

// tellGone says how files come back that are staged again and not there, in lines of that many columns, 0 for any.
func tellGone(p *printer, h here, r *repo.Repo, changes []work.Change, width int) {
	const most = 3
	var gone []string
	x, err := r.Index()
	if err != nil {
		return
	}
	for _, c := range changes {
		if x.AnyAway(c.Path) {
			continue
		}
		if _, err := os.Lstat(r.WorkPath(c.Path)); c.Status == work.ChangeAdded && disk.IsNoFile(err) {
			gone = append(gone, h.path(c.Path))
		}
	}
	command := fmt.Sprintf("`dits restore %s`", visible(typedAll(gone)))
	switch n := len(gone); {
	case n == 1:
		p.filled(width, "", command, "brings the file back.")
	case n > most, n > 1 && width > 0 && textWidth(command) > width: // it is to be copied as a line
		p.f("`dits restore PATH` brings files back.\n")
	case n > 1:
		p.filled(width, "", command, "brings the files back.")
	}
}

// orHead is the name of a branch, HEAD where there is none.
func orHead(branch string) string {
	if branch == "" {
		return object.HeadName
	}
	return branch
}
