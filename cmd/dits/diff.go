package main

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/diff"
)

type diffOptions struct {
	tensors    bool
	rank       bool
	sort       string
	expects    bool // --expect-lora is given, be it ""
	expectLoRA string
	all        bool // layers and tensors, also those that did not change
	picture    pictureOptions
	stat       bool
	nameOnly   bool
	nameStatus bool
	staged     bool
	exitCode   bool
	json       bool
	disk       bool // two paths are compared
	quiet      bool // only the exit status tells
}

func newDiff(g *globals) *cobra.Command {
	o := diffOptions{}
	cmd := &cobra.Command{
		Use:     "diff [A [B]] [[--] PATH...]",
		Short:   "Show which layers and tensors changed, and how far",
		GroupID: past,
		Long: `Compares A with B; A with the working folder; or what is staged with the working folder.
A..B is A B; A...B is what B changed since it parted from A. A:PATH B:PATH compares two files, or two folders; a path without a revision is
one of the working folder. Two paths are compared with each other, which needs no repository;
"--" before them limits the comparison to them.

For each model that changed: how many tensors did, and a table of layers and modules with the
relative change ‖ΔW‖/‖W‖ of each: at 100% nothing is left of a tensor. "=" is identical, "≠"
changed where no figure can be given, "removed" and "added" on one side only, " " not there.
Shards are one model, quants count as the values that they stand for, and names of Hugging
Face and GGUF are the same names. Below the counts: keys of headers and JSON files that differ.`,
		Example: `  dits diff                          # working folder against what is staged
  dits diff --staged                 # what the next commit will change
  dits diff main ft-customer
  dits diff base.safetensors merged.safetensors
  dits diff --tensors --sort rel-l2 main..ft-customer -- model.safetensors
  dits diff HEAD:model.safetensors HEAD:model-Q4_K_M.gguf
  dits diff --rank main lora-merged  # is the change of low rank?
  dits diff --svg layers.svg main ft-customer
  dits diff main lora-merged --expect-lora adapters/tone
  dits diff --exit-code --name-only HEAD~1 HEAD`,
		RunE: func(cmd *cobra.Command, args []string) error { return runDiff(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisionsAndPaths
	f := cmd.Flags()
	f.BoolVar(&o.tensors, "tensors", false, "each tensor that is not identical: share of elements changed, relative L2, largest change, cosine")
	f.BoolVar(&o.rank, "rank", false, "with --tensors: the rank of each change above the noise of rounding, and the energy in it")
	f.StringVar(&o.sort, "sort", "", "order tensors by `FIGURE`, the largest first: "+strings.Join(sortNames(), ", "))
	f.StringVar(&o.expectLoRA, "expect-lora", "", "exit status 1 unless B is A with `ADAPTER` merged and nothing else: a folder as peft writes it, its safetensors file, or REV:PATH")
	f.BoolVar(&o.all, "all", false, "layers, modules and tensors that did not change, too")
	f.StringVar(&o.picture.svg, "svg", "", "draw the layers as a heat map into `FILE`, too")
	f.StringVar(&o.picture.html, "html", "", "the same as a page of HTML, into `FILE`")
	f.BoolVar(&o.stat, "stat", false, "count tensors a file; read none")
	f.BoolVar(&o.nameOnly, "name-only", false, "only the paths of files that differ")
	f.BoolVar(&o.nameStatus, "name-status", false, "only the paths, each with its letter: A, M, D, R, T")
	f.BoolVar(&o.staged, "staged", false, "compare A (by default HEAD) with what is staged")
	f.BoolVar(&o.staged, "cached", false, "the same as --staged")
	f.BoolVar(&o.exitCode, "exit-code", false, "exit status 1 if there are differences; so does -q, which prints none")
	f.BoolVar(&o.json, "json", false, "JSON")
	_ = cmd.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions(sortNames(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// check refuses flags that make no sense together.
func (o *diffOptions) check() error {
	if shapes := count(o.tensors || o.rank, o.stat, o.nameOnly, o.nameStatus, o.expects); shapes > 1 {
		return usagef("diff: %d of --tensors or --rank, --stat, --name-only, --name-status and --expect-lora, want one", shapes)
	}
	if o.picture.wanted() && (o.stat || o.nameOnly || o.nameStatus || o.expects) {
		return usagef("diff: --svg and --html draw layers, which --stat, --name-only, --name-status and --expect-lora do not look at")
	}
	if o.sort != "" && !slices.Contains(sortNames(), o.sort) {
		return usagef("diff: --sort %s, want one of %s", o.sort, strings.Join(sortNames(), ", "))
	}
	return nil
}

func runDiff(cmd *cobra.Command, g *globals, o diffOptions, args []string) error {
	o.expects = cmd.Flags().Changed("expect-lora")
	o.quiet, o.exitCode = g.quiet && !o.json, o.exitCode || g.quiet
	if err := o.check(); err != nil {
		return err
	}
	if err := o.picture.resolve(g, args); err != nil {
		return err
	}
	err := g.withScreen(cmd, func(r *repo.Repo, s *screen) error {
		o.picture.output = r.WriteOutput
		disk, err := g.twoPaths(r, cmd, args)
		if err != nil {
			return err
		}
		if disk && !o.staged {
			return o.runPaths(cmd, g, r, s, args)
		}
		a, b, paths, err := o.operands(g, r, cmd, args)
		if err != nil {
			return err
		}
		options := o.options(cmd, g)
		options.Paths = paths
		if o.expects {
			return o.runExpectLoRA(cmd, g, r, s, a, b, options)
		}
		d, err := r.Diff(cmd.Context(), a, b, options)
		if err != nil {
			return err
		}
		if !o.json && !g.anyObject(r, args) {
			g.here(r).diff(d)
		}
		return o.show(cmd, s, d)
	})
	if errors.Is(err, repo.ErrNoRepository) {
		return o.runWithout(cmd, g, args, err)
	}
	return err
}

// options are those of the comparison.
func (o *diffOptions) options(cmd *cobra.Command, g *globals) diff.Options {
	files := o.nameOnly || o.nameStatus || o.quiet && !o.picture.wanted() && !o.expects
	return diff.Options{FilesOnly: files, DigestsOnly: o.stat, Rank: o.rank, Progress: g.progress(cmd.ErrOrStderr())}
}

// show prints a diff, and tells by the exit status whether there is one.
func (o *diffOptions) show(cmd *cobra.Command, s *screen, d *diff.Diff) error {
	sortTensors(d, o.sort)
	if err := o.picture.draw(d); err != nil {
		return err
	}
	return verdict(o.print(cmd, s, d), !o.exitCode || len(d.Files) == 0)
}

// operands are the two states that are compared, and the paths to which that is limited.
func (o *diffOptions) operands(g *globals, r *repo.Repo, cmd *cobra.Command, args []string) (a, b repo.Side, paths []string, err error) {
	if g.anyObject(r, args) {
		if o.staged || len(args) > 2 {
			return a, b, nil, usagef("diff: %s, want A:PATH, or two of A:PATH and PATH", strings.Join(args, " "))
		}
		a, b, err = g.objectSides(r, args)
		return a, b, nil, err
	}
	revs, paths, err := g.words(r, cmd, args, 2)
	if err != nil {
		return a, b, nil, err
	}
	a, b, err = o.sides(r, revs)
	return a, b, paths, err
}

// anyObject says that one of the first two words is REV:PATH, or :PATH.
func (g *globals) anyObject(r *repo.Repo, args []string) bool {
	for _, arg := range args[:min(len(args), 2)] {
		if g.isObject(r, arg) {
			return true
		}
	}
	return false
}

// objectSides are the files or folders that one or two words name; one alone is compared with that of its path
// in the working folder.
func (g *globals) objectSides(r *repo.Repo, args []string) (a, b repo.Side, err error) {
	var sides []repo.Side
	for _, arg := range args {
		rev, path, err := g.object(r, arg)
		disk, derr := g.diskPath(arg)
		switch {
		case err != nil && derr == nil && exists(disk): // outside of the repository
			sides = append(sides, repo.AtDisk(disk))
			continue
		case err != nil:
			return a, b, err
		case !strings.Contains(arg, ":") || g.isPath(r, arg):
			sides = append(sides, repo.AtWork().At(path))
		case rev == "":
			sides = append(sides, repo.AtIndex().At(path))
		default:
			sides = append(sides, repo.AtRevision(rev).At(path))
		}
		if len(args) == 1 {
			sides = append(sides, repo.AtWork().At(path))
		}
	}
	return sides[0], sides[1], nil
}

// sides are the two states that the revisions and --staged name.
func (o *diffOptions) sides(r *repo.Repo, revs []string) (a, b repo.Side, err error) {
	if len(revs) == 1 && strings.Contains(revs[0], "...") {
		base, to, err := r.ParseSince(revs[0])
		return repo.AtRevision(base.String()), repo.AtRevision(to.String()), err
	}
	if len(revs) == 1 {
		if from, to, isRange := strings.Cut(revs[0], ".."); isRange {
			revs = []string{cmp.Or(from, "HEAD"), cmp.Or(to, "HEAD")}
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

// print prints a diff in the form that was asked for.
func (o *diffOptions) print(cmd *cobra.Command, s *screen, d *diff.Diff) error {
	switch {
	case o.quiet:
		return nil
	case o.json:
		return writeJSON(cmd, d)
	case len(d.Files) == 0:
		return nil
	case o.nameOnly:
		p := &printer{w: s}
		for _, f := range d.Files {
			p.f("%s\n", lastPath(f))
		}
		return p.err
	case o.nameStatus:
		p := &printer{w: s}
		for _, f := range d.Files {
			if f.PathB != "" {
				p.f("R\t%s\t%s\n", f.Path, f.PathB)
			} else {
				p.f("%s\t%s\n", letters[f.Status], f.Path)
			}
		}
		return p.err
	case o.stat:
		return printDiffStat(s, d, o.disk)
	}
	for i := range d.Files {
		if err := printFileDiff(s, &d.Files[i], o); err != nil {
			return err
		}
	}
	return printSummary(s, d, true, o.disk)
}

// lastPath is where a file is in b, or was if it is gone.
func lastPath(f diff.FileDiff) string {
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
