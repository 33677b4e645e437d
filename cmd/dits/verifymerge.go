package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo/diff"
	"dits/repo/lora"
)

type verifyMergeOptions struct{ tensors, json bool }

func newVerifyMerge(g *globals) *cobra.Command {
	o := verifyMergeOptions{}
	cmd := &cobra.Command{
		Use:     "verify-merge BASE MERGED ADAPTER...",
		Short:   "Prove that a merge of adapters changed nothing else",
		GroupID: content,
		Long: `Says in one line whether MERGED is BASE with the adapters merged, one after the other, and
nothing else changed; below it, what is off. Each is a file, a folder, REV:PATH or, for
models, REV; files need no repository. Every weight is checked against the arithmetic of
merging, to the last rounding.

The exit status tells the verdict: 0 MERGED or MERGED, THEN CAST (to another dtype); 1 NOT
MERGED; 4 OTHER SCALE; 5 OTHER BASE (merged into weights that are not BASE's, or trained on
since); 6 MERGED, AND MORE CHANGED.`,
		Example: `  dits verify-merge base.safetensors merged.safetensors adapter
  dits verify-merge llama-8b llama-8b-tone adapters/tone adapters/style
  dits verify-merge main:model.safetensors merged.safetensors main:adapter
  dits verify-merge --json base.safetensors merged.safetensors adapter`,
		Args: cobra.MinimumNArgs(3),
		RunE: func(cmd *cobra.Command, args []string) error { return runVerifyMerge(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisionsAndPaths
	cmd.Flags().BoolVar(&o.tensors, "tensors", false, "each tensor that an adapter changes, not only those that are off")
	cmd.Flags().BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

// list is which tensors are listed.
func (o *verifyMergeOptions) list() checkList {
	if o.tensors {
		return checkList{all: true}
	}
	return checkList{most: mostOff}
}

func runVerifyMerge(cmd *cobra.Command, g *globals, o verifyMergeOptions, words []string) error {
	s := g.screen(cmd)
	return g.withOperands(s, func(in *operands) error {
		a, err := in.snapshot(cmd.Context(), words[0])
		if err != nil {
			return err
		}
		b, err := in.snapshot(cmd.Context(), words[1])
		if err != nil {
			return err
		}
		adapters, err := in.adapters(cmd.Context(), words[2:])
		if err != nil {
			return err
		}
		defer closeAll(adapters)
		c, err := lora.CheckMerge(cmd.Context(), adapters, a, b, diff.Options{Progress: g.progress(cmd.ErrOrStderr())})
		if err != nil {
			return err
		}
		c.Adapter = strings.Join(words[2:], ", ")
		if o.json {
			err = writeJSON(cmd, c)
		} else if !g.quiet {
			err = printLoRACheck(s, c, o.list())
		}
		if err = unlessQuit(err); err != nil {
			return err
		}
		return mergeStatus(c.Verdict)
	})
}

// mostOff is how many tensors that are off are listed of themselves.
const mostOff = 20

// mergeStatuses are the exit statuses of verdicts; those that are not here have 0.
var mergeStatuses = map[string]int{
	lora.NotMerged: exitDifferent, lora.OtherScale: 4, lora.OtherBase: 5, lora.MergedAndMore: 6,
}

// mergeStatus is the error that ends the command with the status of a verdict.
func mergeStatus(verdict string) error {
	if code := mergeStatuses[verdict]; code != 0 {
		return statusError(code)
	}
	return nil
}

// adapters opens what words name.
func (o *operands) adapters(ctx context.Context, words []string) ([]*lora.Adapter, error) {
	var list []*lora.Adapter
	for _, word := range words {
		l, err := o.g.openAdapter(ctx, o.r, word)
		if err != nil {
			closeAll(list)
			return nil, err
		}
		l.Word = word
		list = append(list, l)
	}
	return list, nil
}

func closeAll(adapters []*lora.Adapter) {
	for _, l := range adapters {
		l.Close()
	}
}
