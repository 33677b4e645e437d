package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mitchellh/go-wordwrap"
	"github.com/spf13/cobra"

	"dits/repo"
)

// writeJSON writes one document on one line.
func writeJSON(cmd *cobra.Command, v any) error {
	e := json.NewEncoder(cmd.OutOrStdout())
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// withRepo runs fn with the repository that the command works in.
func (g *globals) withRepo(fn func(*repo.Repo) error) error {
	r, err := g.open()
	if err != nil {
		return err
	}
	defer r.Close()
	return g.told(r, fn(r))
}

// withNames is [globals.withRepo] for what needs no store.
func (g *globals) withNames(fn func(*repo.Repo) error) error {
	dir, err := g.cwd()
	if err != nil {
		return err
	}
	r, err := repo.FindNames(dir)
	if err != nil {
		return err
	}
	return fn(r)
}

// revisions completes branch and tag names.
func (g *globals) revisions(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return g.refsBelow("refs/")
}

// refsBelow completes short names of refs.
func (g *globals) refsBelow(prefix string) ([]string, cobra.ShellCompDirective) {
	var names []string
	err := g.withNames(func(r *repo.Repo) error {
		refs, err := r.GoodRefs(prefix)
		for _, ref := range refs {
			names = append(names, ref.Short())
		}
		return err
	})
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// when is a time as log shows it, in the committer's own zone.
func when(t time.Time) string { return t.Format("Mon Jan 2 15:04:05 2006 -0700") }

// rfc3339 is a time in JSON.
func rfc3339(t time.Time) string { return t.Format(time.RFC3339) }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// A printer writes lines and remembers its first error.
type printer struct {
	w       io.Writer
	palette palette // of painted words, where w is no screen
	err     error
}

// f prints words in a format. Words have no control characters: what they have is made visible.
func (p *printer) f(format string, args ...any) {
	if p.err != nil {
		return
	}
	palette := p.palette || paletteOf(p.w)
	for i, arg := range args {
		switch arg := arg.(type) {
		case string:
			args[i] = palette.visible(arg)
		case error:
			args[i] = visible(arg.Error())
		}
	}
	_, p.err = fmt.Fprintf(p.w, format, args...)
}

// filled prints parts of a sentence in lines as wide as the terminal, 0 for any, each part in one line. The second and
// later lines are set in.
func (p *printer) filled(width int, indent string, parts ...string) {
	line := parts[0]
	for _, part := range parts[1:] {
		if width > 0 && textWidth(line)+1+textWidth(part) > width {
			p.f("%s\n", line)
			line = indent + part
		} else {
			line += " " + part
		}
	}
	p.f("%s\n", line)
}

// words prints a text in lines as wide as the terminal, 0 for any, all set in.
func (p *printer) words(width int, indent, text string) {
	text = visible(text)
	if width > 0 {
		text = wordwrap.WrapString(text, uint(max(leastColumn, width-len(indent))))
	}
	for line := range strings.Lines(text) {
		p.f("%s%s\n", indent, strings.TrimSuffix(line, "\n"))
	}
}

// message writes a message, set in.
func (p *printer) message(text string) {
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		if p.err == nil {
			_, p.err = fmt.Fprintln(p.w, visibleBut(strings.TrimRight("    "+line, " \n"), "\t"))
		}
	}
}
