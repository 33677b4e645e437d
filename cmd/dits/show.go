package main

import (
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
)

type showOptions struct{ json bool }

func newShow(g *globals) *cobra.Command {
	o := showOptions{}
	cmd := &cobra.Command{
		Use:     "show [REV]",
		Short:   "Show a commit",
		GroupID: past,
		Long: `Shows the commit that REV names (by default HEAD): author, date, message, the files it
changed and the bytes it added; before it the message of an annotated tag. What
changed in the weights is what dits diff shows.`,
		Example: `  dits show
  dits show v1-customer-lora
  dits diff HEAD~1 HEAD`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runShow(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisions
	cmd.Flags().BoolVar(&o.json, "json", false, "JSON, as log --stat --json has it")
	return cmd
}

func runShow(cmd *cobra.Command, g *globals, o showOptions, args []string) error {
	rev := "HEAD"
	if len(args) == 1 {
		rev = args[0]
	}
	return g.withScreen(cmd, func(r *repo.Repo, out *screen) error {
		id, err := r.Resolve(rev)
		if err != nil {
			return err
		}
		c, err := r.ReadCommit(id)
		if err != nil {
			return err
		}
		if !o.json {
			if err := printTag(out, r, rev); err != nil {
				return err
			}
		}
		s := shower{cmd: cmd, screen: out, repo: r, options: logOptions{stat: true, json: o.json}}
		if err := s.setRefs(r); err != nil {
			return err
		}
		return s.show(c)
	})
}

// printTag prints the annotated tag that rev names, if it names one.
func printTag(s *screen, r *repo.Repo, rev string) error {
	full, id, err := r.ResolveRef(rev)
	if err != nil || !strings.HasPrefix(full, "refs/tags/") {
		return err
	}
	if commit, err := r.Peel(id); err != nil || commit == id {
		return err
	}
	t, err := r.ReadTag(id)
	if err != nil {
		return err
	}
	p := &printer{w: s}
	p.f("%s\nTagger: %s\nDate:   %s\n\n", s.paint(yellow, "tag "+t.Name), t.Author, when(t.Time))
	p.message(t.Message)
	p.f("\n")
	return p.err
}
