package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dits/explore"
	"dits/hub"
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
sent to others. Each FOLDER is in a repository, by default the one at hand. Files are those
of all branches, or of the revisions that --rev names: then the page has these and their
history, and names no other branch, tag, commit or file.`,
		Example: `  dits report -o models.html
  dits report -o models.html --rev v1 --rev main
  dits report -o all.html acme/llama-8b=. ../models/qwen`,
		RunE: func(cmd *cobra.Command, args []string) error { return runReport(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = folders
	f := cmd.Flags()
	f.StringVarP(&o.out, "output", "o", "", "the `FILE` to write, - is stdout")
	f.StringArrayVar(&o.revs, "rev", nil, "`REV` and its history only; may be given again")
	_ = cmd.RegisterFlagCompletionFunc("rev", g.revisions)
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
	if _, err := hub.New(models, hub.Options{}); err != nil { // names are those that serve takes
		return err
	}
	if err := o.haveRevs(models); err != nil {
		return err
	}
	e := explore.New(explored(models), o.revs...)
	report, err := e.Collect(cmd.Context())
	if err != nil {
		return err
	}
	write := func(w io.Writer) error { return report.Write(w, "dits", e.Made(time.Now())) }
	if o.out == "-" {
		return write(cmd.OutOrStdout())
	}
	dir, err := g.cwd()
	if err != nil {
		return err
	}
	if !isPage(g.join(dir, o.out)) {
		return fmt.Errorf("%s: is there and is no page; name another file", visible(o.out))
	}
	if err := models[0].Repo.WriteOutput(g.join(dir, o.out), write); err != nil {
		return err
	}
	if g.quiet {
		return nil
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrote %s: open it in a browser\n", visible(o.out))
	return err
}

// isPage says that nothing but a page is replaced at a path: a model that was named by mistake stays.
func isPage(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return true // there is nothing, or writing says what is wrong
	}
	defer f.Close()
	const begins = "<!doctype html"
	b := make([]byte, len(begins))
	n, _ := io.ReadFull(f, b)
	info, err := f.Stat()
	return n == 0 || strings.EqualFold(string(b[:n]), begins) || err == nil && !info.Mode().IsRegular()
}

// haveRevs is an error for a revision that one of the models has not.
func (o reportOptions) haveRevs(models []*hub.Model) error {
	for _, m := range models {
		for _, rev := range o.revs {
			if _, err := m.Repo.Resolve(rev); err != nil {
				if len(models) > 1 {
					err = fmt.Errorf("%s: %w", m.Name, err)
				}
				return err
			}
		}
	}
	return nil
}

// explored are models to look at.
func explored(models []*hub.Model) []*explore.Model {
	var out []*explore.Model
	for _, m := range models {
		out = append(out, &explore.Model{Name: m.Name, Repo: m.Repo})
	}
	return out
}
