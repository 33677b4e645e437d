package main

import (
	"io"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/tensorstore/disk"
)

type exportOptions struct {
	out     string
	tensors []string
}

func newExport(g *globals) *cobra.Command {
	o := exportOptions{}
	cmd := &cobra.Command{
		Use:     "export [REV:]PATH -o FILE",
		Short:   "Write a file, or some of its tensors as a safetensors",
		GroupID: content,
		Long: `Writes a file in REV, or as staged, to FILE ("-" is stdout). With --tensors, a safetensors
of the tensors whose names match: only they are decoded. In a pattern * matches any run of
characters but /, ? one character, [a-z] one of a range.`,
		Example: `  dits export main:model.safetensors -o base.safetensors
  dits export ft-customer:model.safetensors -o layer3.safetensors --tensors 'model.layers.3.*'
  dits export model.safetensors -o heads.safetensors --tensors '*q_proj*' --tensors '*k_proj*'`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runExport(cmd, g, o, args[0]) },
	}
	cmd.Flags().StringVarP(&o.out, "output", "o", "", "the `FILE` to write; - is stdout")
	cmd.Flags().StringArrayVar(&o.tensors, "tensors", nil, "only tensors whose name matches `GLOB`; may be given again")
	return cmd
}

func runExport(cmd *cobra.Command, g *globals, o exportOptions, arg string) error {
	if o.out == "" {
		return usagef("export: no file to write, want -o FILE")
	}
	return g.withRepo(func(r *repo.Repo) error {
		rev, path, err := g.object(r, arg)
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
		return disk.WriteFile(disk.OS, g.join(dir, o.out), 0o644, export)
	})
}
