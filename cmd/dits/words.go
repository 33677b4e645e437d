package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
)

// words sorts the words of a command line into at most limit revisions, each A, A..B
// or nothing but that, and paths relative to the root. What follows "--" is a path.
// Without "--" words are revisions as long as they name one; the rest has to exist as
// paths, and a word that is both is refused, as git does.
func (g *globals) words(r *repo.Repo, cmd *cobra.Command, args []string, limit int) (revs, paths []string, err error) {
	before, after := splitDash(cmd, args)
	if cmd.ArgsLenAtDash() < 0 {
		if before, after, err = g.guess(r, args, limit); err != nil {
			return nil, nil, err
		}
	}
	if len(before) > limit {
		return nil, nil, usagef("%s: %d revisions, want at most %d", cmd.Name(), len(before), limit)
	}
	paths, err = g.paths(r, after)
	return before, paths, err
}

// guess splits words that no "--" splits.
func (g *globals) guess(r *repo.Repo, args []string, limit int) (revs, paths []string, err error) {
	for i, arg := range args {
		unknown := isRevision(r, arg)
		if unknown != nil && !errors.Is(unknown, refs.ErrUnknownRevision) {
			return nil, nil, unknown
		}
		exists := g.isPath(r, arg)
		switch {
		case unknown == nil && exists:
			return nil, nil, bothWays(arg, "'"+arg+" --'", "./"+arg)
		case unknown == nil && len(revs) < limit:
			revs = append(revs, arg)
			continue
		case !exists && unknown == nil:
			return nil, nil, usagef("%q: one revision too many, want at most %d", arg, limit)
		}
		return revs, args[i:], g.allPaths(r, args[i:], unknown)
	}
	return revs, nil, nil
}

// allPaths makes sure that words are paths; unknown says why the first is no revision.
func (g *globals) allPaths(r *repo.Repo, words []string, unknown error) error {
	for i, word := range words {
		switch {
		case g.isPath(r, word):
		case i == 0:
			return g.neither(r, word, unknown)
		default:
			return object.Absent("%s: %v (%s)", word, object.ErrNoPath, cmp.Or(g.nearWords(r, word), "put -- before paths that are gone"))
		}
	}
	return nil
}

// neither is the error of a word that is no revision, for a reason, and no path.
func (g *globals) neither(r *repo.Repo, word string, unknown error) error {
	if strings.ContainsAny(word, "~^@") || strings.Contains(word, "..") && !onlyPath(word) {
		return unknown
	}
	if near := g.nearWords(r, word); near != "" {
		return fmt.Errorf("%w; and no path of that name (%s)", unknown, near)
	}
	return fmt.Errorf("%w; and no path of that name (put -- before paths that are gone)", unknown)
}

// nearWords is "did you mean PATH?", or "".
func (g *globals) nearWords(r *repo.Repo, word string) string {
	paths, err := g.paths(r, []string{word})
	if err != nil {
		return ""
	}
	near := g.here(r).paths(nearPaths(r, paths[0]))
	if len(near) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(near, ", ") + "?"
}

// onlyPath says that a word can be nothing but a path, as git has it: ".." is no range from HEAD to HEAD.
func onlyPath(word string) bool {
	return word == "." || word == ".." || strings.HasPrefix(word, "./") || strings.HasPrefix(word, "../")
}

// afterColon is a word that can only be a path as REV:PATH has it: one that begins with "./" or "../".
func afterColon(word string) string {
	if word == "." || word == ".." {
		return word + "/"
	}
	return word
}

// isRevision is nil if word, A or A..B, names what is there, else why it does not.
func isRevision(r *repo.Repo, word string) error {
	switch {
	case onlyPath(word):
	case strings.Contains(word, "..."):
		_, _, err := r.ParseSince(word)
		return err
	case strings.Contains(word, ".."):
		_, _, err := r.ParseRange(word)
		return err
	}
	_, err := r.Resolve(word)
	return err
}

// isPath says that the working folder or the index has word, or the shards of a model that goes by it.
func (g *globals) isPath(r *repo.Repo, word string) bool {
	dir, err := g.cwd()
	if err != nil {
		return false
	}
	if isThere(g.join(dir, word)) {
		return true
	}
	rel, err := r.Rel(dir, word)
	if err != nil {
		return false
	}
	x, err := r.Index()
	if err != nil {
		return false
	}
	if x.Find(rel) != nil || len(x.Under(rel)) > 0 {
		return true
	}
	return len(object.WithShards([]string{rel}, x.Files())) > 1
}

// isThere says that the file system has a file or folder at a path, or shards of a model that goes by it.
func isThere(path string) bool {
	_, err := os.Lstat(path)
	return err == nil || len(work.ShardsIn(path)) > 0
}

// revisionsAndPaths completes branch and tag names, and files where none fits.
func (g *globals) revisionsAndPaths(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	names, directive := g.revisions(cmd, args, word)
	if directive == cobra.ShellCompDirectiveError {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return startingWith(names, word), cobra.ShellCompDirectiveDefault
}

// startingWith are the names that begin with a prefix: where none does, the shell
// completes files.
func startingWith(names []string, prefix string) []string {
	var out []string
	for _, name := range names {
		if strings.HasPrefix(name, prefix) {
			out = append(out, name)
		}
	}
	return out
}
