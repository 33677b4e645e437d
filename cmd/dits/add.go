package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/tensorstore/choose"
)

type addOptions struct {
	repo.AddOptions
	level       string
	dereference bool
	links       bool
	verbose     bool
	json        bool
}

func newAdd(g *globals) *cobra.Command {
	o := addOptions{}
	cmd := &cobra.Command{
		Use:     "add PATH...",
		Short:   "Stage files and folders for the next commit",
		GroupID: everyday,
		Long: `Stages files and folders. Each tensor is stored once; one like another, as those
of a fine-tune are, is stored as the difference to it where that is smaller. A file that
is no valid safetensors or GGUF is stored as it is. Unchanged files cost a stat. What can
be recomputed from others (a quant, a cast, a merged adapter) is stored as how, and as what
comes out otherwise; see dits derive.

With --move, the working files go once the store has them: they are read back from it and
compared first. Then they are in the store only, still tracked, and unchanged: cat, export,
mount and serve read them, and dits restore PATH brings one back.

With --json, one object a line for each file.`,
		Example: `  dits add model.safetensors
  dits add .
  dits add -u                  # only what is tracked already
  dits add -f __pycache__      # though it is ignored
  dits add --move base.safetensors   # no second copy stays on the disk
  dits add --level max model-*.safetensors
  dits add --imatrix ../imatrix.gguf model-Q4_K_M.gguf`,
		RunE: func(cmd *cobra.Command, args []string) error { return runAdd(cmd, g, o, args) },
	}
	f := cmd.Flags()
	f.BoolVarP(&o.All, "all", "A", false, "every change in the repository, removals too")
	f.BoolVarP(&o.Update, "update", "u", false, "only files that are tracked already")
	f.BoolVarP(&o.DryRun, "dry-run", "n", false, "say what would be staged; store nothing")
	f.BoolVarP(&o.Force, "force", "f", false, "what is ignored too, and models that are cut off or not there")
	f.BoolVar(&o.Move, "move", false, "remove the working files once they were stored and read back right")
	f.BoolVar(&o.KeepGoing, "keep-going", false, "stage what can be staged, and tell the rest in the end")
	f.BoolVar(&o.dereference, "dereference", false,
		"store what a link out of the folder leads to, and go on doing so; =false stores links again")
	f.BoolVar(&o.links, "links", false, "keep links, also those of a hub's cache, which are stored as what they lead to")
	f.StringVar(&o.Importance, "imatrix", "", "an importance `FILE` that quants were made with, where it is not committed")
	f.StringVar(&o.level, "level", "default", "how hard to look for what is smaller: `LEVEL` is fast, default or max")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "count the tensors of each file, and of each shard of a model; list all files")
	f.BoolVar(&o.json, "json", false, "one JSON object a line for each file")
	_ = cmd.RegisterFlagCompletionFunc("level", cobra.FixedCompletions([]string{"fast", "default", "max"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func runAdd(cmd *cobra.Command, g *globals, o addOptions, args []string) (err error) {
	if len(args) == 0 && !o.All && !o.Update {
		return usagef("add: no paths given, want at least one, -A or -u")
	}
	if o.Level, err = parseLevel(o.level); err != nil {
		return err
	}
	o.Dereference = o.dereference
	o.KeepLinks = o.links || cmd.Flags().Changed("dereference") && !o.dereference
	r, err := g.open()
	if err != nil {
		return err
	}
	defer r.Close()
	paths, err := g.paths(r, args)
	if err != nil {
		return err
	}
	o.Progress = g.progress(cmd.ErrOrStderr())
	lines := newAddLines(cmd, g, &o, o.Progress)
	lines.here = g.here(r)
	o.Report, o.Skipped, o.Moved = lines.staged, lines.skipped, lines.moved
	err = r.Add(cmd.Context(), paths, o.AddOptions)
	var incomplete *repo.IncompleteError
	if err != nil && !errors.As(err, &incomplete) {
		return g.told(r, err)
	}
	lines.total()
	tellFailed(cmd, incomplete)
	return cmp.Or(err, lines.err)
}

// tellFailed tells what could not be staged, if anything could not.
func tellFailed(cmd *cobra.Command, e *repo.IncompleteError) {
	if e == nil {
		return
	}
	folder := folderOf(cmd)
	for _, failed := range e.Failed {
		tell(cmd.ErrOrStderr(), "dits: %s", visible(plainly(failed, folder)))
	}
}

// warn tells of what is no error.
func warn(cmd *cobra.Command, path, what string) {
	tell(cmd.ErrOrStderr(), "dits: warning: %s: %s", visible(path), what)
}

func parseLevel(s string) (choose.Level, error) {
	switch s {
	case "fast":
		return choose.FastLevel, nil
	case "default":
		return choose.DefaultLevel, nil
	case "max":
		return choose.MaxLevel, nil
	}
	return 0, usagef("level %q: want fast, default or max", s)
}

func printDryRun(w io.Writer, a repo.Added) error {
	verb := "add"
	switch {
	case a.Removed:
		verb = "remove"
	case a.Moved:
		verb = "move"
	}
	p := &printer{w: w}
	p.f("%s %s\n", verb, a.Path)
	return p.err
}

// describe is one line about a staged file:
// "model.safetensors: safetensors, 56 tensors (12 already stored, 44 as the difference to base.safetensors), 13.8 MiB, stored 4.2 MiB (30.4%)",
// "model-Q4_K_M.gguf: gguf, 56 tensors (56 recomputed from base.safetensors, 2.1% had to be stored), 4.7 MiB, stored 103 KiB (2.1%)".
func describe(a repo.Added) string {
	if a.Removed {
		return a.Path + ": removed"
	}
	parts := []string{formatWords(a.Format)}
	if a.Tensors > 0 {
		parts = append(parts, tensorCounts(a))
	}
	parts = append(parts, size(a.Logical), "stored "+size(a.Stored)+storedShare(a.Stored, a.Logical))
	return a.Path + ": " + strings.Join(parts, ", ")
}

// tensorCounts is "20 tensors (16 already stored, 4 recomputed from base.safetensors, 0.3% had to be stored)".
func tensorCounts(a repo.Added) string {
	var parts []string
	for _, k := range []struct {
		n    int
		name string
	}{{a.New, "new"}, {a.Known, "already stored"}} {
		if k.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", k.n, k.name))
		}
	}
	if made := madeCounts(a); made != "" {
		parts = append(parts, made+sourceList(a.Sources))
	}
	text := strings.Join(parts, ", ")
	if a.Recipe != nil {
		text += recipeWords(*a.Recipe) + ", " + shareLeft(a.DerivedResidual, a.DerivedLogical)
	}
	return fmt.Sprintf("%d tensors (%s)", a.Tensors, text)
}

// madeCounts is "44 as the difference to", "4 recomputed from" or both; "" where nothing has a source.
func madeCounts(a repo.Added) string {
	var made []string
	if a.Delta > 0 {
		made = append(made, fmt.Sprintf("%d as the difference to", a.Delta))
	}
	switch {
	case a.Derived > 0 && isLike(a):
		made = append(made, fmt.Sprintf("%d as the difference to what is computed from", a.Derived))
	case a.Derived > 0:
		made = append(made, fmt.Sprintf("%d recomputed from", a.Derived))
	}
	return strings.Join(made, " and ")
}

// shareOf is "12.3%", and "0.02%" of what is little; "-" of nothing.
func shareOf(part, whole int64) string {
	percent := 100 * float64(part) / float64(whole)
	switch {
	case whole == 0:
		return "-"
	case part > 0 && percent < 0.1:
		return fmt.Sprintf("%.2f%%", percent)
	}
	return fmt.Sprintf("%.1f%%", percent)
}

// percentOf is " (12.3%)", or "" of nothing.
func percentOf(part, whole int64) string {
	if whole == 0 {
		return ""
	}
	return fmt.Sprintf(" (%.1f%%)", 100*float64(part)/float64(whole))
}
