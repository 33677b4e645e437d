package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/object"
)

type showOptions struct {
	patch bool
	stat  bool
	names namesOptions
	json  bool
}

func newShow(g *globals) *cobra.Command {
	o := showOptions{}
	cmd := &cobra.Command{
		Use:     "show [REV|REV:PATH]",
		Short:   "Show a commit, or a file in one",
		GroupID: past,
		Long: `Shows the commit that REV names (by default HEAD): author, date, message, the files it
changed and the bytes it added; before it the message of an annotated tag. With -p also
which layers changed. REV:PATH shows a file: the tensors of a model, the text of any
other, and of a folder what is in it; :PATH is what is staged.`,
		Example: `  dits show
  dits show -p v1-customer-lora
  dits show HEAD~1:config.json
  dits show main:model.safetensors
  dits diff HEAD~1 HEAD`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runShow(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.revisions
	cmd.Flags().BoolVarP(&o.patch, "patch", "p", false, "also the table of layers that it changed, as diff prints it")
	cmd.Flags().BoolVar(&o.stat, "stat", false, "the files changed and the bytes added: what it does anyway, but beside names")
	o.names.addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&o.json, "json", false, "JSON, as log --stat --json has it, or ls --json of a file")
	return cmd
}

func runShow(cmd *cobra.Command, g *globals, o showOptions, args []string) error {
	rev := "HEAD"
	if len(args) == 1 {
		rev = args[0]
	}
	if o.names.bad() {
		return usagef("show: --name-only with --name-status, want one of them")
	}
	if o.patch && o.json {
		return usagef("show: -p with --json, want one of them (`dits diff --json` has the layers)")
	}
	if strings.Contains(rev, ":") {
		return g.withRepo(func(r *repo.Repo) error { return o.object(cmd, g, r, rev) })
	}
	if onlyPath(rev) {
		return usagef("show: %s is a path, want a revision, or REV:PATH as in HEAD:%s", rev, afterColon(rev))
	}
	return g.withScreen(cmd, func(r *repo.Repo, out *screen) error {
		id, err := r.Resolve(rev)
		if err == nil {
			err = g.noPathToo(r, cmd, rev, "HEAD:"+rev)
		}
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
		s := shower{cmd: cmd, screen: out, repo: r, here: g.here(r),
			options: logOptions{stat: o.stat || !o.names.wanted(), patch: o.patch, json: o.json, names: o.names}}
		if err := s.setRefs(r); err != nil {
			return err
		}
		return s.show(c)
	})
}

// object shows a file as cat does, one with tensors as ls does, and a folder.
func (o showOptions) object(cmd *cobra.Command, g *globals, r *repo.Repo, word string) error {
	rev, path, err := g.object(r, word)
	if err != nil {
		return err
	}
	if rev != "" {
		entries, err := r.Ls(rev, path, false)
		if errors.Is(err, object.ErrNoPath) {
			if l, merr := r.ModelTensors(rev, path); merr == nil {
				return printListed(cmd, "", l, o.json)
			}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", rev, err)
		}
		if len(entries) != 1 || entries[0].Path != path {
			return listFolder(cmd, "", r, rev, path, entries, lsOptions{json: o.json})
		}
		if entries[0].Type == "link" {
			return r.Cat(cmd.Context(), rev, path, repo.CatOptions{}, cmd.OutOrStdout())
		}
	}
	l, err := r.FileTensors(rev, path)
	if err != nil {
		return err
	}
	if o.json || len(l.Tensors) > 0 {
		return printListed(cmd, "", l, o.json)
	}
	return r.Cat(cmd.Context(), rev, path, repo.CatOptions{}, cmd.OutOrStdout())
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
