package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/object"
)

type commitOptions struct {
	repo.CommitOptions
	messages []string
	json     bool
}

func newCommit(g *globals) *cobra.Command {
	o := commitOptions{}
	cmd := &cobra.Command{
		Use:     "commit -m MSG",
		Short:   "Record what is staged",
		GroupID: everyday,
		Example: `  dits commit -m "base: llama-8b release weights"
  dits commit -a -m "ft-customer: 3 epochs on support transcripts"
  dits commit --amend -m "a better message"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runCommit(cmd, g, o) },
	}
	f := cmd.Flags()
	f.StringArrayVarP(&o.messages, "message", "m", nil, "the `MSG`; given again, another paragraph")
	f.BoolVarP(&o.All, "all", "a", false, "first stage every change to tracked files")
	f.BoolVar(&o.Amend, "amend", false, "replace the last commit")
	f.BoolVar(&o.AllowEmpty, "allow-empty", false, "even if nothing differs")
	f.StringVar(&o.Author, "author", "", "`\"NAME <MAIL>\"` instead of the configured one")
	f.BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

func runCommit(cmd *cobra.Command, g *globals, o commitOptions) error {
	o.Message = strings.Join(o.messages, "\n\n")
	if strings.TrimSpace(o.Message) == "" && !o.Amend {
		return usagef("commit: no message, want -m MSG")
	}
	return g.withRepo(func(r *repo.Repo) error {
		o.Add.Progress = g.progress(cmd.ErrOrStderr())
		lines := newAddLines(cmd, g, &addOptions{}, o.Add.Progress)
		lines.quiet = true // but for warnings
		o.Add.Skipped, o.Add.Report = lines.skipped, lines.staged
		done, err := r.Commit(cmd.Context(), o.CommitOptions)
		if err != nil {
			return err
		}
		if o.json {
			done.Parents, done.Files = orEmpty(done.Parents), orEmpty(done.Files)
			return writeJSON(cmd, done)
		}
		if !g.quiet {
			return printCommit(cmd, r, done, o)
		}
		return nil
	})
}

func printCommit(cmd *cobra.Command, r *repo.Repo, c *repo.CommitResult, o commitOptions) error {
	branch := c.Branch
	if branch == "" {
		branch = "detached HEAD"
	}
	if len(c.Parents) == 0 {
		branch += " (root commit)"
	}
	p := &printer{w: cmd.OutOrStdout()}
	p.f("[%s %s] %s\n", branch, c.ID.Short(), visible(object.Subject(c.Message)))
	p.f(" %s changed, %s changed, %s added\n",
		plural(len(c.Files), "file", "files"), plural(c.TensorsChanged, "tensor", "tensors"), size(c.StoredBytes))
	if a := r.Author(); a.Default && o.Author == "" {
		fmt.Fprintf(cmd.ErrOrStderr(), "Committed as %s; `dits config user.name NAME` and `dits config user.email MAIL` set it.\n", a)
	}
	return p.err
}
