package main

import (
	"github.com/spf13/cobra"

	"dits/repo/inspect"
)

type inspectOptions struct {
	inspect.Options
	json bool
}

func newInspect(g *globals) *cobra.Command {
	o := inspectOptions{}
	cmd := &cobra.Command{
		Use:     "inspect FILE|DIR|REV[:PATH]...",
		Short:   "Say what models are, by their headers",
		GroupID: content,
		Long: `Says of each model: format, architecture, parameters, bits a weight, which layers and
modules have which dtype, tokenizer and chat template; of an adapter rank, alpha and
targets. Shards are one model. It needs no repository, and reads headers only: no weights.

It also says what is wrong: shards that are missing, or that an index names and that are
not there; a file that is cut off, by how many bytes; a pointer of Git LFS or a web page in
the place of a model. Then the exit status is 1.`,
		Example: `  dits inspect model.safetensors
  dits inspect downloads/llama-8b
  dits inspect --tensors model-Q4_K_M.gguf
  dits inspect main:model.safetensors
  dits inspect --json --metadata adapter_model.safetensors`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runInspect(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisionsAndPaths
	f := cmd.Flags()
	f.BoolVar(&o.Tensors, "tensors", false, "each tensor: name, dtype, shape, size")
	f.BoolVar(&o.Metadata, "metadata", false, "each pair of the header; long ones by length and digest")
	f.BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

// Inspected is what inspect prints in JSON.
type inspected struct {
	OK     bool             `json:"ok"`
	Models []inspect.Report `json:"models"`
}

func runInspect(cmd *cobra.Command, g *globals, o inspectOptions, words []string) error {
	s := g.screen(cmd)
	return g.withOperands(s, func(in *operands) error {
		found := inspected{OK: true, Models: []inspect.Report{}}
		for _, word := range words {
			list, err := in.inspect(cmd, word, o.Options)
			if err != nil {
				return err
			}
			found.Models = append(found.Models, list...)
		}
		for _, r := range found.Models {
			found.OK = found.OK && len(r.Problems) == 0
		}
		if o.json {
			return verdict(writeJSON(cmd, found), found.OK)
		}
		return verdict(printReports(s, found.Models), found.OK)
	})
}

// inspect says what a word names.
func (o *operands) inspect(cmd *cobra.Command, word string, options inspect.Options) ([]inspect.Report, error) {
	s, err := o.snapshot(cmd.Context(), word)
	if err != nil {
		return nil, err
	}
	s.Name = word
	near, err := o.beside(cmd.Context(), word, s)
	if err != nil {
		return nil, err
	}
	return inspect.Of(s, near, options)
}
