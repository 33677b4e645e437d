package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/object"
	"dits/repo/refs"
)

type commitOptions struct {
	repo.CommitOptions
	messages []string
	file     string
	noEdit   bool
	json     bool
}

func newCommit(g *globals) *cobra.Command {
	o := commitOptions{}
	cmd := &cobra.Command{
		Use:     "commit [-m MSG]",
		Short:   "Record what is staged",
		GroupID: everyday,
		Long: `Records what is staged, with a message. Without -m or -F an editor is opened for
it: that of GIT_EDITOR, of dits config core.editor, VISUAL or EDITOR.`,
		Example: `  dits commit -m "base: llama-8b release weights"
  dits commit -a -m "ft-customer: 3 epochs on support transcripts"
  dits commit -F notes.txt
  dits commit --amend -m "a better message"
  dits commit --amend --no-edit                 # under the old message`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runCommit(cmd, g, o) },
	}
	f := cmd.Flags()
	f.StringArrayVarP(&o.messages, "message", "m", nil, "the `MSG`; given again, another paragraph")
	f.StringVarP(&o.file, "file", "F", "", "the message is in `FILE`; - is stdin")
	f.BoolVarP(&o.All, "all", "a", false, "first stage every change to tracked files")
	f.BoolVar(&o.Amend, "amend", false, "replace the last commit")
	f.BoolVar(&o.noEdit, "no-edit", false, "with --amend: keep the message")
	f.BoolVar(&o.AllowEmpty, "allow-empty", false, "even if nothing differs")
	f.StringVar(&o.Author, "author", "", "`\"NAME <MAIL>\"` instead of the configured one")
	f.BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

func runCommit(cmd *cobra.Command, g *globals, o commitOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	return g.withRepo(func(r *repo.Repo) error {
		draft, err := o.message(cmd, g, r)
		if err != nil {
			return nothingStaged(r, err)
		}
		o.Add.Progress = g.progress(cmd.ErrOrStderr())
		lines := newAddLines(cmd, g, &addOptions{}, o.Add.Progress)
		lines.here = g.here(r)
		lines.quiet = true // but for warnings
		o.Add.Skipped, o.Add.Report = lines.skipped, lines.staged
		done, err := r.Commit(cmd.Context(), o.CommitOptions)
		draft.done(cmd, err)
		if err != nil {
			return nothingStaged(r, err)
		}
		if o.json {
			done.Parents, done.Files = orEmpty(done.Parents), orEmpty(done.Files)
			return writeJSON(cmd, done)
		}
		if g.quiet {
			return nil
		}
		err = printCommit(cmd, r, done, o)
		tellLate(cmd, g.here(r).late(done.Late))
		return err
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
	p.f(" %s, %s, %s added\n", whatChanged(c.Models), tensorsChanged(c.TensorsChanged), size(c.StoredBytes))
	if a := r.Author(); a.Default && o.Author == "" && !o.Amend && !toldBefore(r, c, a.String()) {
		tell(cmd.ErrOrStderr(), "Committed as %s; `dits config user.name NAME` and `dits config user.email MAIL` set it.", a)
	}
	return p.err
}

// toldBefore says that the commit before is by the same author, or one that was taken back: who that is was told then.
func toldBefore(r *repo.Repo, c *repo.CommitResult, author string) bool {
	if len(c.Parents) > 0 {
		before, err := r.ReadCommit(c.Parents[0])
		return err == nil && before.Author == author
	}
	moves, err := r.Reflog(object.HeadName)
	return err == nil && len(moves) > 1 && slices.ContainsFunc(moves[1:], func(m refs.LogEntry) bool {
		return m.Author == author && strings.HasPrefix(m.Reason, "commit")
	})
}
