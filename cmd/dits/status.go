package main

import (
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/diff"
	"dits/repo/work"
)

type statusOptions struct {
	short bool
	json  bool

	verify bool
}

func newStatus(g *globals) *cobra.Command {
	o := statusOptions{}
	cmd := &cobra.Command{
		Use:     "status [PATH...]",
		Short:   "Show what is staged, changed and untracked",
		GroupID: everyday,
		Long: `Compares HEAD, the index and the working folder: all of it, or only the files and folders
named. A model in shards goes by its name: model.safetensors. A file that its stat says is
unchanged is not read.`,
		Example: "  dits status\n  dits status -s\n  dits status adapters",
		RunE:    func(cmd *cobra.Command, args []string) error { return runStatus(cmd, g, o, args) },
	}
	cmd.Flags().BoolVarP(&o.short, "short", "s", false, "one line a file: state in the index, state in the folder, path")
	cmd.Flags().BoolVar(&o.verify, "verify", false, "read every file, whatever its stat says")
	cmd.Flags().BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

func runStatus(cmd *cobra.Command, g *globals, o statusOptions, args []string) error {
	return g.withRepo(func(r *repo.Repo) error {
		paths, err := g.paths(r, args)
		if err != nil {
			return err
		}
		status := r.Status
		if o.verify {
			status = r.VerifiedStatus
		}
		s, err := status(paths...)
		if err != nil {
			return err
		}
		if o.json {
			return writeJSON(cmd, s)
		}
		s = g.here(r).status(s)
		p := &printer{w: cmd.OutOrStdout()}
		if o.short {
			printShortStatus(p, s)
		} else {
			printStatus(p, s, clean(args))
		}
		return p.err
	})
}

// letters of a change in short output.
var letters = map[string]string{
	work.ChangeAdded: "A", work.ChangeModified: "M", work.ChangeDeleted: "D", work.ChangeType: "T", work.ChangeRenamed: "R",
	repo.ChangeResharded: "M", diff.FileRemoved: "D",
}

// letterStyles are those of the letters.
var letterStyles = map[string]style{work.ChangeAdded: green, work.ChangeDeleted: red}

func printShortStatus(p *printer, s *work.Status) {
	for _, c := range s.StagedRows() {
		p.f("%s  %s\n", letters[c.Status], c.Path)
	}
	for _, c := range s.Changed {
		p.f(" %s %s\n", letters[c.Status], c.Path)
	}
	for _, path := range s.Untracked {
		p.f("?? %s\n", path)
	}
	for _, x := range s.Skipped {
		p.f("!! %s\n", x.Path)
	}
}

func printStatus(p *printer, s *work.Status, what string) {
	switch {
	case s.Branch == "":
		p.f("HEAD detached at %s\n", s.Head.Short())
	case s.Head.IsZero():
		p.f("On branch %s, no commits yet\n", s.Branch)
	default:
		p.f("On branch %s\n", s.Branch)
	}
	printChanges(p, "Staged for the next commit:", s.StagedRows())
	printChanges(p, "Changed, not staged (dits add PATH):", s.Changed)
	if len(s.Untracked) > 0 {
		p.f("\nUntracked (dits add PATH):\n")
		for _, path := range s.Untracked {
			p.f("  %s\n", path)
		}
	}
	if len(s.Skipped) > 0 {
		p.f("\nCannot be looked at or tracked:\n")
		for _, x := range s.Skipped {
			p.f("  %s: %s\n", x.Path, x.Reason)
		}
	}
	if s.Clean() && len(s.Untracked) == 0 {
		p.f("nothing to commit, %s clean\n", what)
	}
}

// clean is what is clean where nothing is told.
func clean(args []string) string {
	if len(args) == 0 {
		return "working folder"
	}
	return strings.Join(args, ", ")
}

func printChanges(p *printer, title string, changes []work.Change) {
	if len(changes) == 0 {
		return
	}
	p.f("\n%s\n", title)
	for _, c := range changes {
		p.f("  %-11s %s\n", c.Status+":", c.Path)
	}
}
