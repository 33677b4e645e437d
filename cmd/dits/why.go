package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/object"
)

type whyOptions struct {
	repo.WhyOptions
	level string
	json  bool
	width int // columns of the terminal; 0: not a terminal
}

func newWhy(g *globals) *cobra.Command {
	o := whyOptions{}
	cmd := &cobra.Command{
		Use:     "why FILE|REV:PATH",
		Short:   "Say what makes a file large, and what would make it smaller",
		GroupID: content,
		Long: `Says of a file, as it is staged or in a commit, how its tensors are stored and which take
the most.

With --measure it also says what dits repack would save. Each tensor is coded against those
of the store that have its role and shape, whenever they came. Nothing is written. It reads
all of these tensors, and takes as long as adding them.`,
		Example: `  dits why model.safetensors
  dits why main:model.safetensors
  dits why --measure --level max model.safetensors`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runWhy(cmd, g, o, args[0]) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.Measure, "measure", false, "try what repack would save")
	f.StringVar(&o.level, "level", "default", "measure, and how hard: `LEVEL` is fast, default or max")
	f.Bool("quick", false, "what it does anyway")
	_ = f.MarkHidden("quick") // it measured unless told not to
	f.BoolVar(&o.json, "json", false, "JSON")
	levels := cobra.FixedCompletions([]string{"fast", "default", "max"}, cobra.ShellCompDirectiveNoFileComp)
	_ = cmd.RegisterFlagCompletionFunc("level", levels)
	return cmd
}

func runWhy(cmd *cobra.Command, g *globals, o whyOptions, word string) (err error) {
	if o.Level, err = parseLevel(o.level); err != nil {
		return err
	}
	o.Measure = o.Measure || cmd.Flags().Changed("level")
	o.Progress = g.progress(cmd.ErrOrStderr())
	return g.withRepo(func(r *repo.Repo) error {
		rev, path, err := g.object(r, word)
		if err != nil {
			return err
		}
		w, err := r.Why(cmd.Context(), rev, path, o.WhyOptions)
		if err != nil {
			return err
		}
		w.Path = word
		if o.json {
			return writeJSON(cmd, w)
		}
		o.width = terminalWidth(cmd.OutOrStdout())
		return o.print(cmd, w)
	})
}

// print prints what people want to know.
func (o whyOptions) print(cmd *cobra.Command, w *repo.Why) error {
	p := &printer{w: cmd.OutOrStdout()}
	p.f("%s: %s in %s%s\n", w.Path, size(w.Logical), size(w.Stored), storedShare(w.Stored, w.Logical))
	if p.err != nil {
		return p.err
	}
	if err := printGroups(cmd, w); err != nil {
		return err
	}
	for _, t := range w.Largest {
		if w.Stored > 0 && 10*t.Stored >= w.Stored {
			p.filled(o.width, "  ", size(t.Stored)+" of it is", fmt.Sprintf("%s (%s)", t.Name, size(t.Size)))
		}
	}
	if w.Lone.Tensors > 0 {
		are := "are"
		if w.Lone.Tensors == 1 {
			are = "is"
		}
		p.filled(o.width, "", fmt.Sprintf("%s (%s) %s like nothing else in the store:", plural(w.Lone.Tensors, "tensor", "tensors"),
			size(w.Lone.Stored), are), "no other has that place in a model and that shape.")
	}
	o.printRepack(p, w)
	return p.err
}

// printGroups prints how tensors are stored, and what is no tensor.
func printGroups(cmd *cobra.Command, w *repo.Why) error {
	t := &table{indent: "  ", width: terminalWidth(cmd.OutOrStdout()), wrap: 3}
	t.rightAlign(0, 1, 2)
	t.row("tensors", "size", "stored", "")
	rest := repo.WhyGroup{Logical: w.Logical, Stored: w.Stored}
	for _, g := range byModel(w.Groups) {
		t.row(fmt.Sprint(g.Tensors), size(g.Logical), size(g.Stored), groupWords(g))
		rest.Logical -= g.Logical
		rest.Stored -= g.Stored
	}
	what := "the header, and what is kept of all tensors"
	if len(w.Groups) == 0 {
		what = "no tensors in it"
	}
	t.row("", size(rest.Logical), size(rest.Stored), what)
	return t.write(cmd.OutOrStdout())
}

// byModel are groups with the shards of a model as one, in the order of what they take.
func byModel(groups []repo.WhyGroup) (out []repo.WhyGroup) {
	for _, g := range groups {
		g.Source, g.Shared = object.ModelName(g.Source), object.ModelName(g.Shared)
		i := slices.IndexFunc(out, func(o repo.WhyGroup) bool { return groupWords(o) == groupWords(g) })
		if i < 0 {
			out = append(out, g)
			continue
		}
		out[i].Tensors += g.Tensors
		out[i].Logical += g.Logical
		out[i].Stored += g.Stored
	}
	slices.SortStableFunc(out, func(a, b repo.WhyGroup) int { return cmp.Compare(b.Stored, a.Stored) })
	return out
}

// groupWords is "recomputed from base.safetensors", "stored whole, also in merged.safetensors".
func groupWords(g repo.WhyGroup) string {
	words := "stored whole"
	switch g.How {
	case "delta":
		words = "difference to " + orUnnamed(g.Source)
	case "derived":
		words = "recomputed from " + orUnnamed(g.Source)
	}
	if g.Shared != "" {
		words += ", also in " + g.Shared
	}
	return words
}

// printRepack prints what was tried, or how to try it.
func (o whyOptions) printRepack(p *printer, w *repo.Why) {
	r, command := w.Repack, "dits repack"
	if o.level != "default" {
		command += " --level " + o.level
	}
	switch {
	case r == nil && !o.Measure && hasRelatives(w):
		p.filled(o.width, "", "`dits why --measure "+visible(typed(w.Path))+"`", "says what `dits repack` would save.")
	case r == nil:
	case r.Tensors > 0 && r.Saved > 0:
		p.filled(cmp.Or(o.width, helpWidth), "", repackWords(command, r)...)
	case o.level != "max":
		p.f("Nothing smaller was found; --level max looks harder.\n")
	default:
		p.f("Nothing smaller was found.\n")
	}
}

// hasRelatives says that some tensor could be stored against another of the store.
func hasRelatives(w *repo.Why) bool {
	tensors := 0
	for _, g := range w.Groups {
		tensors += g.Tensors
	}
	return tensors > w.Lone.Tensors
}

// repackWords is what repack would save.
func repackWords(command string, r *repo.WhyRepack) []string {
	words := []string{fmt.Sprintf("`%s` would store %d of its tensors in %s instead of %s",
		command, r.Tensors, size(r.Now), size(r.Was))}
	if len(r.Sources) > 0 {
		words[0] += ","
		words = append(words, "against"+sourceList(r.Sources))
	}
	if r.Saved != r.Was-r.Now {
		words[len(words)-1] += ";"
		words = append(words, "with those of other files that saves "+size(r.Saved))
	}
	words[len(words)-1] += "."
	return words
}
