package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

type tagOptions struct {
	messages []string
	delete   bool
	force    bool
	verbose  bool
	list     bool
	annotate bool
	json     bool
}

func newTag(g *globals) *cobra.Command {
	o := tagOptions{}
	cmd := &cobra.Command{
		Use:     "tag [NAME [REV]]",
		Short:   "List, make and remove tags",
		GroupID: past,
		Long: `Without arguments lists the tags. With NAME gives that name to REV (by default HEAD); with
a message the tag is an object of its own, with author and date. With --list, words are
patterns.`,
		Example: `  dits tag v1-customer-lora
  dits tag -m "what the customer runs" v1 ft-customer
  dits tag -v
  dits tag -l 'v1*'
  dits tag -d v1`,
		RunE: func(cmd *cobra.Command, args []string) error { return runTag(cmd, g, o, args) },
	}
	cmd.ValidArgsFunction = g.named(object.TagPrefix, "delete", "list")
	f := cmd.Flags()
	f.StringArrayVarP(&o.messages, "message", "m", nil, "make an annotated tag with the message `MSG`; given again, another paragraph")
	f.BoolVarP(&o.annotate, "annotate", "a", false, "make an annotated tag; it wants -m")
	f.BoolVarP(&o.delete, "delete", "d", false, "remove tags")
	f.BoolVarP(&o.force, "force", "f", false, "move a tag that exists")
	f.BoolVarP(&o.list, "list", "l", false, "list the tags whose name matches a pattern: * is any run of characters")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "list with commit and message")
	f.BoolVar(&o.json, "json", false, "the list as JSON")
	return cmd
}

func runTag(cmd *cobra.Command, g *globals, o tagOptions, args []string) error {
	switch {
	case o.annotate && len(o.messages) == 0:
		return usagef("tag: -a wants a message, want -m MSG")
	case o.delete && len(args) == 0:
		return usagef("tag: no name, want the tags to remove")
	case o.delete && len(o.messages) > 0:
		return usagef("tag: -d with -m, want one of them")
	case o.list && (o.delete || o.force || len(o.messages) > 0):
		return usagef("tag: --list with -d, -m or -f, want one of them")
	case !o.delete && !o.list && len(args) > 2:
		return usagef("tag: %d arguments, want at most 2", len(args))
	case len(args) == 0 && (len(o.messages) > 0 || o.force):
		return usagef("tag: no name, want NAME [REV]")
	case len(args) > 0 && !o.list && (o.json || o.verbose):
		return usagef("tag: a name, and a flag of the list: want one of them")
	}
	message := strings.Join(o.messages, "\n\n")
	if len(o.messages) > 0 && strings.TrimSpace(message) == "" {
		return usagef("tag: -m: empty, want some words")
	}
	if (len(args) == 0 || o.list) && !o.verbose && !o.json {
		return g.withNames(func(r *repo.Repo) error { return nameTags(cmd, r, args) })
	}
	return g.withRepo(func(r *repo.Repo) error {
		switch {
		case o.delete:
			return removeTags(cmd, g, r, args)
		case len(args) > 0 && !o.list:
			_, err := r.CreateTag(args[0], strings.Join(args[1:], ""), repo.TagOptions{Message: message, Force: o.force})
			warnOfTwins(cmd, r, err, args[0], object.BranchPrefix, "is a branch, too: as a revision it is the tag now, and refs/heads/"+args[0]+" the branch")
			return err
		}
		return listTags(cmd, r, o, args)
	})
}

func removeTags(cmd *cobra.Command, g *globals, r *repo.Repo, names []string) error {
	for _, name := range names {
		id, err := r.DeleteTag(name)
		if err != nil {
			return err
		}
		if !g.quiet {
			if _, err := fmt.Fprintf(cmd.OutOrStdout(), "Deleted tag %s (was %s)\n", visible(name), wasAt(id)); err != nil {
				return err
			}
		}
	}
	return nil
}

// A listedTag is a tag in JSON. Author, time and message are those of an annotated
// tag, "" of a mere name.
type listedTag struct {
	Name      string    `json:"name"`
	Commit    digest.ID `json:"commit"`
	Annotated bool      `json:"annotated"`
	Author    string    `json:"author"`
	Time      string    `json:"time"`
	Message   string    `json:"message"`
	subject   string    // of the tag, or else of its commit
}

// listedTags are the tags by name.
func listedTags(r *repo.Repo) ([]listedTag, error) {
	refs, err := r.Tags()
	if err != nil {
		return nil, err
	}
	list := make([]listedTag, len(refs))
	for i, ref := range refs {
		if list[i], err = listedTagOf(r, ref); err != nil {
			list[i].subject = unreadable
		}
	}
	return list, nil
}

func listedTagOf(r *repo.Repo, ref refs.Ref) (listedTag, error) {
	l := listedTag{Name: ref.Short()}
	var err error
	if l.Commit, err = r.Peel(ref.ID); err != nil {
		return l, err
	}
	if l.Commit == ref.ID {
		c, err := r.ReadCommit(l.Commit)
		l.subject = object.Subject(c.Message)
		return l, err
	}
	t, err := r.ReadTag(ref.ID)
	l.Annotated, l.Author, l.Time, l.Message = true, t.Author, rfc3339(t.Time), t.Message
	l.subject = object.Subject(t.Message)
	return l, err
}

// nameTags lists the names of tags, which needs no store.
func nameTags(cmd *cobra.Command, r *repo.Repo, patterns []string) error {
	if err := warnOfBroken(cmd, r, "refs/tags/"); err != nil {
		return err
	}
	tags, err := r.Tags()
	if err == nil {
		tags, err = matching(patterns, refs.Ref.Short, tags)
	}
	p := &printer{w: cmd.OutOrStdout()}
	for _, tag := range tags {
		p.f("%s\n", tag.Short())
	}
	return errors.Join(err, p.err)
}

func listTags(cmd *cobra.Command, r *repo.Repo, o tagOptions, patterns []string) error {
	if err := warnOfBroken(cmd, r, "refs/tags/"); err != nil {
		return err
	}
	list, err := listedTags(r)
	if err == nil {
		list, err = matching(patterns, func(t listedTag) string { return t.Name }, list)
	}
	if err != nil {
		return err
	}
	if o.json {
		return writeJSON(cmd, list)
	}
	t := &table{}
	for _, tag := range list {
		t.row(tag.Name, tag.Commit.Short(), tag.subject)
	}
	return t.write(cmd.OutOrStdout())
}
