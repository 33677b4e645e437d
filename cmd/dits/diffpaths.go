package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/diff"
)

// twoPaths says that the words are two files or folders of the file system, to be compared with each other. One that is
// a revision as well is refused.
func (g *globals) twoPaths(r *repo.Repo, cmd *cobra.Command, args []string) (bool, error) {
	if len(args) != 2 || cmd.ArgsLenAtDash() >= 0 || len(g.missing(args)) > 0 {
		return false, nil
	}
	for _, word := range args {
		if isRevision(r, word) == nil {
			return false, bothWays(word, word+":", "./"+word)
		}
	}
	return true, nil
}

// missing are the words that name nothing in the file system.
func (g *globals) missing(words []string) (missing []string) {
	for _, word := range words {
		if path, err := g.diskPath(word); err != nil || !exists(path) {
			missing = append(missing, word)
		}
	}
	return missing
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// diskPath is a word as a path of the file system.
func (g *globals) diskPath(word string) (string, error) {
	dir, err := g.cwd()
	return g.join(dir, word), err
}

// runWithout compares two paths where there is no repository, and nothing else that they could be.
func (o *diffOptions) runWithout(cmd *cobra.Command, g *globals, words []string, noRepository error) error {
	missing := g.missing(words)
	switch {
	case len(words) != 2 || o.staged:
		return fmt.Errorf("%w; without one, name two files or folders to compare", noRepository)
	case len(missing) == 2:
		return fmt.Errorf("%w; nor are there files of the names %s and %s", noRepository, words[0], words[1])
	case len(missing) == 1:
		return noPathHere(missing[0])
	}
	s := g.screen(cmd)
	defer s.close()
	return unlessQuit(o.runPaths(cmd, g, nil, s, words))
}

// runPaths compares two paths; r is nil where there is no repository.
func (o *diffOptions) runPaths(cmd *cobra.Command, g *globals, r *repo.Repo, s *screen, words []string) error {
	o.disk = true
	a, err := g.readDisk(words[0])
	if err != nil {
		return err
	}
	b, err := g.readDisk(words[1])
	if err != nil {
		return err
	}
	if o.expects {
		return o.expectPaths(cmd, g, r, s, a, b)
	}
	d, err := diff.Of(cmd.Context(), a, b, o.options(cmd, g))
	if err != nil {
		return err
	}
	return o.show(cmd, s, d)
}

// readDisk lists a path of the file system. Messages call a file as the user did.
func (g *globals) readDisk(word string) (diff.Snapshot, error) {
	path, err := g.diskPath(word)
	if err != nil {
		return diff.Snapshot{}, err
	}
	s, err := diff.ReadDisk(path)
	if s.Name = word; s.IsFile && err == nil {
		s.Files[0].Path = word
	}
	return s, err
}
