package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/lora"
	"dits/repo/refs"
)

func runExportLoRA(cmd *cobra.Command, g *globals, o exportOptions, args []string) error {
	return g.withRepo(func(r *repo.Repo) error {
		dir, err := g.cwd()
		if err != nil {
			return err
		}
		var sides [2]refs.Spec
		for i, arg := range args {
			if sides[i], err = g.loraOperand(r, arg); err != nil {
				return err
			}
		}
		options := lora.Options{Rank: o.rank, Progress: g.progress(cmd.ErrOrStderr())}
		l, err := r.ExportLoRA(cmd.Context(), sides[0], sides[1], g.join(dir, o.out), o.force, options)
		if err != nil {
			return err
		}
		if o.json {
			return writeJSON(cmd, l)
		}
		return printLoRA(cmd, l, o.out)
	})
}

// loraOperand reads REV or REV:PATH.
func (g *globals) loraOperand(r *repo.Repo, arg string) (o refs.Spec, err error) {
	if !strings.Contains(arg, ":") {
		return refs.Spec{Rev: arg}, nil
	}
	o.Rev, o.Path, err = g.object(r, arg)
	return o, err
}

func printLoRA(cmd *cobra.Command, l *lora.Exported, dir string) error {
	p := &printer{w: cmd.OutOrStdout()}
	p.f("%s: rank %d, %s, %s\n", dir, l.Rank, plural(len(l.Tensors), "matrix", "matrices"), size(l.Bytes))
	t := &table{indent: "  "}
	t.rightAlign(2)
	for _, x := range l.Tensors {
		rank := fmt.Sprint("rank ", x.Rank)
		if x.Least {
			rank += " or more"
		}
		t.row(x.Name, rank, fmt.Sprintf("error %.2f%%", 100*float64(x.Error)))
	}
	if p.err == nil {
		p.err = t.write(p.w)
	}
	if len(l.Left) == 0 || p.err != nil {
		return p.err
	}
	p.f("changed, and in no adapter:\n")
	left := &table{indent: "  "}
	for _, x := range l.Left {
		left.row(x.Name, x.Reason)
	}
	if p.err == nil {
		p.err = left.write(p.w)
	}
	return p.err
}
