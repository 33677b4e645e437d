package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"dits/explore"
	"dits/repo/object"
	"dits/tensorstore/disk"
)

type reportOptions struct {
	out  string
	revs []string
}

func newReport(g *globals) *cobra.Command {
	o := reportOptions{}
	cmd := &cobra.Command{
		Use:     "report -o FILE.html [[OWNER/NAME=]FOLDER]...",
		Short:   "Write a page that shows what models share, as one file",
		GroupID: content,
		Long: `Writes what dits serve shows in a browser as one HTML file: what files share, what changed,
what came from what, and what each costs. It needs no server and no network, and can be
sent to others. Each FOLDER is in a repository, by default the one at hand. It has all
branches, unless revisions are named with --rev.`,
		Example: `  dits report -o models.html
  dits report -o models.html --rev v1 --rev main
  dits report -o all.html acme/llama=~/models/llama-8b ~/models/qwen`,
		RunE: func(cmd *cobra.Command, args []string) error { return runReport(cmd, g, o, args) },
	}
	f := cmd.Flags()
	f.StringVarP(&o.out, "output", "o", "", "the `FILE` to write, - is stdout")
	f.StringArrayVar(&o.revs, "rev", nil, "only the files of `REV`; may be given again")
	return cmd
}

func runReport(cmd *cobra.Command, g *globals, o reportOptions, args []string) error {
	if o.out == "" {
		return usagef("report: no file to write, want -o FILE.html")
	}
	models, closeAll, err := g.servedModels(args)
	defer closeAll()
	if err != nil {
		return err
	}
	var shown []*explore.Model
	for _, m := range models {
		shown = append(shown, &explore.Model{Name: m.Name, Repo: m.Repo})
		for _, rev := range o.revs {
			if _, err := m.Repo.Resolve(rev); err != nil {
				return err
			}
		}
	}
	e := explore.New(shown, o.revs...)
	p := g.progress(cmd.ErrOrStderr())
	report, err := e.Collect(cmd.Context(), func(string) {})
	if err != nil {
		return err
	}
	_ = p
	write := func(w io.Writer) error { return report.Write(w, "dits", e.Made(time.Now())) }
	if o.out == "-" {
		return write(cmd.OutOrStdout())
	}
	dir, err := g.cwd()
	if err != nil {
		return err
	}
	if err := models[0].Repo.WriteOutput(g.join(dir, o.out), write); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "wrote %s\n", o.out)
	return nil
}

var _ = errors.New
var _ = object.NoProgress
var _ = disk.OS
