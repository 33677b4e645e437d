package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
)

// maxMessage is more than any message may have, in bytes.
const maxMessage = 64 << 20

// check refuses flags that make no sense together, and no message where no editor can be opened for one.
func (o *commitOptions) check() error {
	given := len(o.messages) > 0
	switch {
	case given && o.file != "":
		return usagef("commit: -m with -F, want one of them")
	case o.noEdit && !o.Amend:
		return usagef("commit: --no-edit goes with --amend")
	case o.noEdit && (given || o.file != ""):
		return usagef("commit: --no-edit with -m or -F, want one of them")
	case given && strings.TrimSpace(strings.Join(o.messages, "")) == "":
		return usagef("commit: -m: empty, want some words")
	}
	return nil
}

// message fills in the message: as given, from a file, or written in an editor, of which a draft is left.
func (o *commitOptions) message(cmd *cobra.Command, g *globals, r *repo.Repo) (d *draft, err error) {
	switch o.Message = strings.Join(o.messages, "\n\n"); {
	case len(o.messages) > 0:
	case o.file != "":
		o.Message, err = readMessage(cmd, g, o.file)
	case o.noEdit || o.Amend && !stdinIsTerminal(): // as it was
	default:
		d, o.Message, err = o.edit(cmd, r)
	}
	return d, err
}

// readMessage reads a message from a file, or "-", stdin.
func readMessage(cmd *cobra.Command, g *globals, name string) (string, error) {
	in := cmd.InOrStdin()
	if name != "-" {
		dir, err := g.cwd()
		if err != nil {
			return "", err
		}
		f, err := os.Open(g.join(dir, name))
		if err != nil {
			return "", err
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, maxMessage))
	if err == nil && strings.TrimSpace(string(b)) == "" {
		err = fmt.Errorf("%s: empty, want a message", name)
	}
	return string(b), err
}

// A draft is the file that a message was written in; nil is none.
type draft struct{ path string }

// edit opens an editor with what will be committed, and returns what was written.
func (o *commitOptions) edit(cmd *cobra.Command, r *repo.Repo) (*draft, string, error) {
	editor := editorCommand(r, os.LookupEnv, stdinIsTerminal())
	if editor == "" {
		return nil, "", usagef("commit: no message, want -m MSG or -F FILE " +
			"(or an editor: `dits config core.editor`, VISUAL or EDITOR)")
	}
	text, err := o.template(r)
	if err != nil {
		return nil, "", err
	}
	d := &draft{filepath.Join(r.Dir, "COMMIT_EDITMSG")}
	if err := os.WriteFile(d.path, []byte(text), 0o666); err != nil {
		return nil, "", err
	}
	if err := runEditor(cmd, editor, d.path); err != nil {
		return nil, "", err
	}
	b, err := os.ReadFile(d.path)
	if err != nil {
		return nil, "", err
	}
	message := withoutComments(string(b))
	if strings.TrimSpace(message) == "" {
		return nil, "", fmt.Errorf("commit: the message is empty: nothing was committed")
	}
	return d, message, nil
}

// done removes the draft once its message is in a commit, else says where it is.
func (d *draft) done(cmd *cobra.Command, err error) {
	switch {
	case d == nil:
	case err == nil:
		os.Remove(d.path)
	default:
		tell(cmd.ErrOrStderr(), "The message is kept in %s: `dits commit -F` takes it from there.", d.path)
	}
}

// instructions are below what the message begins with.
const instructions = `
# The message of the commit. Lines that begin with # are left out;
# without a message nothing is committed.
#
`

// template is what an editor starts with: the message to amend, and what will be committed as comments.
func (o *commitOptions) template(r *repo.Repo) (string, error) {
	s, err := r.Status()
	if err != nil {
		return "", err
	}
	changes := s.Staged
	if o.All {
		changes = append(changes, s.Changed...)
	}
	if len(changes) == 0 && !o.Amend && !o.AllowEmpty {
		return "", repo.ErrNothing
	}
	var b strings.Builder
	if o.Amend && !s.Head.IsZero() {
		last, err := r.ReadCommit(s.Head)
		if err != nil {
			return "", err
		}
		b.WriteString(last.Message)
	}
	b.WriteString(instructions)
	for _, c := range changes {
		b.WriteString("#   " + letters[c.Status] + " " + visible(c.Path) + "\n")
	}
	return b.String(), nil
}

// withoutComments is a text without the lines that begin with #.
func withoutComments(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			b.WriteString(line)
		}
	}
	return b.String()
}
