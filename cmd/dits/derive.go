package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/lineage"
	"dits/repo/refs"
)

type deriveOptions struct {
	list, verify  bool
	from, adapter string
	importance    string
	level         string
	json          bool
}

func newDerive(g *globals) *cobra.Command {
	o := deriveOptions{}
	cmd := &cobra.Command{
		Use:     "derive PATH --from SOURCE | (--list|--verify) [REV] [PATH]",
		Short:   "Stage a file as made of another, or show and check what is",
		GroupID: content,
		Long: `A quant, a cast or a merge is stored as a recipe: what computes it from its source, and
what comes out otherwise. add finds recipes by itself.

With --from, stages PATH as made of SOURCE and nothing else: a path that is staged, or
REV:PATH. An adapter that was merged in is named with --lora, in the same way, an
importance matrix that a quantiser used with --imatrix. It is an error if SOURCE explains
less than half of PATH; then nothing is staged.

--list shows the recipes of the files in REV (by default HEAD): what they are computed
from and how, and what of them had to be stored; with PATH also each tensor's. --verify computes
all of them again and compares digests: exit status 12 where one differs.`,
		Example: `  dits derive --list
  dits derive --list v1 model-Q4_K_M.gguf
  dits derive --verify
  dits derive model-Q4_K_M.gguf --from model.safetensors --imatrix imatrix.gguf
  dits derive merged.safetensors --from base.safetensors --lora tone.safetensors`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return runDerive(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisionsAndPaths
	f := cmd.Flags()
	f.BoolVar(&o.list, "list", false, "show recipes")
	f.BoolVar(&o.verify, "verify", false, "compute what has a recipe again and compare")
	f.StringVar(&o.from, "from", "", "the `SOURCE` that PATH was made of: a staged path, or REV:PATH")
	f.StringVar(&o.adapter, "lora", "", "an `ADAPTER` that was merged: a staged path, or REV:PATH")
	f.StringVar(&o.importance, "imatrix", "", "an importance `FILE` that quants were made with; without it those that are staged are tried")
	f.StringVar(&o.level, "level", "default", "how hard to look for what is smaller: `LEVEL` is fast, default or max")
	f.BoolVar(&o.json, "json", false, "JSON")
	_ = cmd.RegisterFlagCompletionFunc("level", cobra.FixedCompletions([]string{"fast", "default", "max"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func runDerive(cmd *cobra.Command, g *globals, o deriveOptions, args []string) error {
	switch {
	case o.list && o.verify:
		return usagef("derive: --list and --verify, want one of them")
	case (o.list || o.verify) && (o.from != "" || o.adapter != "" || o.importance != ""):
		return usagef("derive: --from, --lora and --imatrix are for staging, not for --list or --verify")
	case o.list || o.verify:
		return deriveShow(cmd, g, o, args)
	case o.from == "" || len(args) != 1:
		return usagef("derive: want one PATH and --from SOURCE, or --list, or --verify")
	}
	return deriveStage(cmd, g, o, args[0])
}

// deriveStage stages a file as made of another.
func deriveStage(cmd *cobra.Command, g *globals, o deriveOptions, arg string) error {
	level, err := parseLevel(o.level)
	if err != nil {
		return err
	}
	return g.withRepo(func(r *repo.Repo) error {
		options := repo.DeriveOptions{Importance: o.importance, Level: level, Progress: g.progress(cmd.ErrOrStderr())}
		if options.From.Rev, options.From.Path, err = g.object(r, o.from); err != nil {
			return err
		}
		if o.adapter != "" {
			options.Adapter = &refs.Spec{}
			if options.Adapter.Rev, options.Adapter.Path, err = g.object(r, o.adapter); err != nil {
				return err
			}
		}
		paths, err := g.paths(r, []string{arg})
		if err != nil {
			return err
		}
		added, err := r.Derive(cmd.Context(), paths[0], options)
		if err != nil {
			return err
		}
		lines := newAddLines(cmd, g, &addOptions{json: o.json, verbose: true}, options.Progress)
		lines.here = g.here(r)
		lines.staged(added)
		return lines.err
	})
}

// deriveShow lists recipes, or follows them.
func deriveShow(cmd *cobra.Command, g *globals, o deriveOptions, args []string) error {
	return g.withRepo(func(r *repo.Repo) error {
		rev, word, err := g.lsWords(r, cmd, args)
		if err != nil {
			return err
		}
		paths, err := g.paths(r, []string{word})
		if err != nil {
			return err
		}
		if word == "." {
			paths[0] = ""
		}
		if o.verify {
			return deriveVerify(cmd, g, r, rev, paths[0], o)
		}
		l, err := r.Derivations(cmd.Context(), rev, paths[0])
		if err != nil {
			return err
		}
		if o.json {
			return writeJSON(cmd, l)
		}
		return printDerivations(cmd, l)
	})
}

func printDerivations(cmd *cobra.Command, l *lineage.Derivations) error {
	for _, f := range l.Files {
		p := &printer{w: cmd.OutOrStdout()}
		p.f("%s: %s, %s, %s\n", f.Path, formatWords(f.Format), plural(f.Tensors, "tensor", "tensors"), size(f.Size))
		if len(f.Recipes) == 0 {
			p.f("  nothing in it is recomputed from others\n")
		}
		for _, u := range f.Recipes {
			verb := "recomputed from"
			if !u.Tells(u.Residual, u.Logical) {
				verb = "stored as the difference to"
			}
			from := fmt.Sprintf("  %s %s %s", plural(u.Tensors, "tensor", "tensors"), verb, orUnnamed(u.Source))
			parts := []string{from}
			if with := recipeWords(u.Recipe); with != "" {
				parts = append(parts, strings.TrimSpace(with))
			}
			parts[len(parts)-1] += ";"
			p.filled(terminalWidth(p.w), "    ", append(parts, typeCounts(u.Types)+";",
				fmt.Sprintf("%s (%s) had to be stored", size(u.Residual), shareOf(u.Residual, u.Logical)))...)
		}
		if p.err != nil {
			return p.err
		}
		if err := printDerived(cmd, f.Derived); err != nil {
			return err
		}
	}
	return nil
}

func printDerived(cmd *cobra.Command, all []lineage.DerivedOne) error {
	const how = 4
	t := &table{indent: "    ", width: terminalWidth(cmd.OutOrStdout()), give: []int{how, 0}, ends: map[int]bool{how: true}}
	t.rightAlign(2, 3)
	for _, d := range all {
		how := storedAs(d.Name, d.Prediction, d.Sources)
		if !lineage.Tells(d.Prediction, d.Residual, d.Logical) {
			how = onlyLike(how)
		}
		t.row(d.Name, d.DType, size(d.Residual), shareOf(d.Residual, d.Logical), how)
	}
	return t.write(cmd.OutOrStdout())
}

// orUnnamed is what a file without a name is called.
func orUnnamed(path string) string {
	if path == "" {
		return "a file in no branch or tag"
	}
	return path
}

// typeCounts is "36 Q4_K, 6 Q6_K".
func typeCounts(types map[string]int) string {
	names := slices.Sorted(maps.Keys(types))
	slices.SortStableFunc(names, func(a, b string) int { return types[b] - types[a] })
	for i, name := range names {
		names[i] = fmt.Sprintf("%d %s", types[name], name)
	}
	return strings.Join(names, ", ")
}

func deriveVerify(cmd *cobra.Command, g *globals, r *repo.Repo, rev, path string, o deriveOptions) error {
	c, err := r.VerifyDerived(cmd.Context(), rev, path, g.progress(cmd.ErrOrStderr()))
	if err != nil {
		return err
	}
	if o.json {
		err = writeJSON(cmd, c)
	} else {
		err = printVerified(cmd, c)
	}
	if err == nil && len(c.Problems) > 0 {
		err = fmt.Errorf("%w: %d of %s", errProblems, len(c.Problems), plural(c.Tensors, "recomputed tensor", "recomputed tensors"))
	}
	return err
}

func printVerified(cmd *cobra.Command, c *repo.DeriveCheck) error {
	p := &printer{w: cmd.OutOrStdout()}
	for _, x := range c.Problems {
		p.f("%s: %s: %s\n", x.Path, x.Tensor, x.Error)
	}
	if len(c.Problems) == 0 {
		p.f("%s of %s computed again, %s: all as they were\n", plural(c.Tensors, "tensor", "tensors"), plural(c.Files, "file", "files"), size(c.Bytes))
	}
	return p.err
}
