package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"

	"dits/repo"
)

type exportOptions struct {
	out     string
	tensors []string
	lora    bool
	rank    int
	force   bool
	json    bool
}

func newExport(g *globals) *cobra.Command {
	o := exportOptions{}
	cmd := &cobra.Command{
		Use:     "export [REV:]PATH -o FILE | export --lora A B -o DIR",
		Short:   "Write a file, some of its tensors, or a change as an adapter",
		GroupID: content,
		Long: `Writes a file in REV, or as staged, to FILE ("-" is stdout). With --tensors, a safetensors
of the tensors whose names match: only they are decoded. In a pattern * matches any run of
characters but /, ? one character, [a-z] one of a range. A file of the working folder that is
not saved is replaced only if forced.

With --lora, the change from the model in revision A to that in B as an adapter of peft in the
folder DIR: adapter_model.safetensors and adapter_config.json. Each matrix gets its numerical
rank, or N; how far B·A is from the change is printed, and which tensors changed that no
adapter can hold. Where a revision has several models, name them as REV:PATH.`,
		Example: `  dits export main:model.safetensors -o base.safetensors
  dits export model.safetensors -o layer1.safetensors --tensors '*layers.1.*'
  dits export model.safetensors -o qk.safetensors --tensors '*[qk]_proj*'
  dits export --lora main ft-customer -o adapter --rank 32`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error { return runExport(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if !o.lora {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return g.revisions(cmd, args, word)
	}
	cmd.Flags().StringVarP(&o.out, "output", "o", "", "the `FILE` to write, - is stdout; with --lora a folder")
	cmd.Flags().StringArrayVar(&o.tensors, "tensors", nil, "only tensors whose name matches `GLOB`; may be given again")
	_ = cmd.RegisterFlagCompletionFunc("tensors", g.tensors)
	cmd.Flags().BoolVar(&o.lora, "lora", false, "write the change from A to B as an adapter")
	cmd.Flags().IntVar(&o.rank, "rank", 0, "with --lora: the rank `N` of each matrix; 0 is its numerical rank")
	cmd.Flags().BoolVarP(&o.force, "force", "f", false, "replace a file of the working folder that is not saved")
	cmd.Flags().BoolVar(&o.json, "json", false, "with --lora: JSON")
	return cmd
}

// check finds words and flags that do not go together.
func (o *exportOptions) check(args []string) error {
	switch {
	case o.out == "":
		return usagef("export: no file to write, want -o FILE")
	case o.lora && len(args) != 2:
		return usagef("export: --lora: %d revisions, want two", len(args))
	case o.lora && (len(o.tensors) > 0 || o.out == "-"):
		return usagef("export: --lora writes a folder of whole changes, want no --tensors and no -o -")
	case o.rank < 0:
		return usagef("export: rank %d, want at least 1", o.rank)
	case !o.lora && (o.rank > 0 || o.json):
		return usagef("export: --rank and --json go with --lora")
	case !o.lora && len(args) != 1:
		return usagef("export: %d files, want one", len(args))
	}
	return nil
}

func runExport(cmd *cobra.Command, g *globals, o exportOptions, args []string) error {
	if err := o.check(args); err != nil {
		return err
	}
	if o.lora {
		return runExportLoRA(cmd, g, o, args)
	}
	return g.withRepo(func(r *repo.Repo) error {
		rev, path, err := g.object(r, args[0])
		if err != nil {
			return err
		}
		export := func(w io.Writer) error { return r.Export(cmd.Context(), rev, path, o.tensors, w) }
		if o.out == "-" {
			return export(cmd.OutOrStdout())
		}
		dir, err := g.cwd()
		if err != nil {
			return err
		}
		out := g.join(dir, o.out)
		if info, err := os.Stat(out); err != nil || info.Mode().IsRegular() {
			if err := r.CheckExport(rev, path, o.tensors, out, o.force); err != nil {
				return err
			}
		}
		return r.WriteOutput(out, export)
	})
}
