package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/diff"
	"dits/repo/object"
	"dits/repo/work"
)

type statusOptions struct {
	short bool
	json  bool

	verify  bool
	verbose bool
}

func newStatus(g *globals) *cobra.Command {
	o := statusOptions{}
	cmd := &cobra.Command{
		Use:     "status [PATH...]",
		Short:   "Show what is staged, changed and untracked",
		GroupID: everyday,
		Long: `Compares HEAD, the index and the working folder: all of it, or only the files and folders
named. A model in shards goes by its name: model.safetensors. A file that its stat says is
unchanged is not read. One that is only in the store (dits add --move) is none that is gone.`,
		Example: "  dits status\n  dits status -s\n  dits status adapters",
		RunE:    func(cmd *cobra.Command, args []string) error { return runStatus(cmd, g, o, args) },
	}
	cmd.Flags().BoolVarP(&o.short, "short", "s", false, "one line a file: state in the index, state in the folder, path")
	cmd.Flags().BoolVar(&o.verify, "verify", false, "read every file, whatever its stat says")
	cmd.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "list the files that are only in the store")
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
			printStatus(p, s, clean(args), terminalWidth(p.w))
			printStoreOnly(p, s.StoreOnly, o.verbose)
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

// printStatus prints a status in lines as wide as the terminal, 0 for any; what is what is clean if nothing is told.
func printStatus(p *printer, s *work.Status, what string, width int) {
	switch {
	case s.Branch == "":
		p.f("HEAD detached at %s\n", s.Head.Short())
	case s.Head.IsZero():
		p.f("On branch %s, no commits yet\n", s.Branch)
	default:
		p.f("On branch %s\n", s.Branch)
	}
	printChanges(p, "Staged for the next commit:", renamedModels(s.StagedRows()), width)
	printChanges(p, "Changed, not staged (dits add PATH):", s.Changed, width)
	if len(s.Untracked) > 0 {
		p.f("\nUntracked (dits add PATH):\n")
		for _, path := range s.Untracked {
			p.f("  %s\n", path)
		}
	}
	if len(s.Skipped) > 0 {
		p.f("\nCannot be looked at or tracked:\n")
		for _, x := range s.Skipped {
			p.filled(width, "    ", append([]string{"  " + x.Path + ":"}, strings.Fields(x.Reason)...)...)
		}
	}
	if s.Clean() && len(s.Untracked) == 0 {
		p.f("nothing to commit, %s clean\n", what)
	}
}

// printStoreOnly tells of files that are not in the working folder and need not be, with all their names if that is
// asked for.
func printStoreOnly(p *printer, files []work.StoreOnly, verbose bool) {
	if len(files) == 0 {
		return
	}
	var bytes int64
	for _, f := range files {
		bytes += f.Size
	}
	is := "files are"
	if len(files) == 1 {
		is = "file is"
	}
	p.f("\n%d %s only in the store, %s (dits restore PATH)\n", len(files), is, size(bytes))
	for _, f := range files {
		if verbose {
			p.f("  %s\n", f.Path)
		}
	}
}

// clean is what is clean where nothing is told.
func clean(args []string) string {
	if len(args) == 0 {
		return "working folder"
	}
	return strings.Join(args, ", ")
}

// printChanges prints a row for each change; of a long one that was renamed, the new name stands below the old.
func printChanges(p *printer, title string, changes []work.Change, width int) {
	if len(changes) == 0 {
		return
	}
	p.f("\n%s\n", title)
	for _, c := range changes {
		row := fmt.Sprintf("  %-11s ", c.Status+":")
		text := c.Path
		if old, to, renamed := strings.Cut(text, renamedAs); renamed && c.Status == work.ChangeRenamed {
			p.filled(width, strings.Repeat(" ", len(row)), row+old, renamedAs[1:]+to)
			continue
		}
		p.f("%s%s\n", row, text)
	}
}

// renamedAs stands between the names of what was renamed, as in [work.Status.StagedRows].
const renamedAs = " -> "

// renamedModels are rows with the shards of a model that all went by one other name before, and the index of them, as
// one: "model.safetensors -> base.safetensors (3 shards)".
func renamedModels(rows []work.Change) (out []work.Change) {
	type names struct{ from, to string }
	count, at := map[names]int{}, map[names]int{}
	for _, c := range rows {
		from, to, _ := strings.Cut(c.Path, renamedAs)
		a, isShard := object.ShardOf(from)
		b, wasShard := object.ShardOf(to)
		key := names{a.Model, b.Model}
		if !isShard || !wasShard {
			key = names{strings.TrimSuffix(from, object.IndexSuffix), strings.TrimSuffix(to, object.IndexSuffix)}
		}
		switch {
		case c.Status != work.ChangeRenamed, !isShard && count[key] == 0:
			out = append(out, c)
		case !isShard: // the index
		case count[key] == 0:
			count[key], at[key] = 1, len(out)
			out = append(out, c)
		default:
			count[key]++
			out[at[key]].Path = fmt.Sprintf("%s%s%s (%s)", a.Model, renamedAs, b.Model, someShards(count[key], b.Count()))
		}
	}
	return out
}
