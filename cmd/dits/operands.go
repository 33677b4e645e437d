package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/diff"
	"dits/repo/object"
	"dits/repo/refs"
)

// operands opens what words name: paths of the file system, for which no repository is needed, else revisions, REV:PATH
// and :PATH.
type operands struct {
	g *globals
	r *repo.Repo // nil where there is no repository
}

// withOperands runs fn with a screen, in a repository or not.
func (g *globals) withOperands(s *screen, fn func(*operands) error) error {
	defer s.close()
	r, err := g.open()
	if errors.Is(err, repo.ErrNoRepository) {
		return unlessQuit(fn(&operands{g: g}))
	}
	if err != nil {
		return err
	}
	defer r.Close()
	return unlessQuit(g.told(r, fn(&operands{g: g, r: r})))
}

// isPath says that a word names what is in the file system. One that is a revision as well is refused.
func (o *operands) isPath(word string) (bool, error) {
	if len(o.g.missing([]string{word})) > 0 {
		return false, nil
	}
	if o.r != nil && isRevision(o.r, word) == nil {
		return false, bothWays(word, word+":", "./"+word)
	}
	return true, nil
}

// bothWays refuses a word that is a revision and a path.
func bothWays(word, rev, path string) error {
	return usagef("%q is a revision and a path: write %s for the revision, %s for the path", word, rev, path)
}

// noPathToo refuses a revision that is a path as well, unless "--" says that it is none; path is how to name that.
func (g *globals) noPathToo(r *repo.Repo, cmd *cobra.Command, word, path string) error {
	if cmd.ArgsLenAtDash() >= 0 || isRevision(r, word) != nil || !g.isPath(r, word) {
		return nil
	}
	return bothWays(word, "'"+word+" --'", path)
}

// noPathHere is the error of a word that is no path, where there is no repository.
func noPathHere(word string) error {
	return fmt.Errorf("%s: %w, and no repository here in which it could be a revision", word, object.ErrNoPath)
}

// side is the state of a repository that a word names.
func (o *operands) side(word string) (repo.Side, string, error) {
	if o.r == nil {
		return repo.Side{}, "", noPathHere(word)
	}
	if !strings.Contains(word, ":") {
		err := isRevision(o.r, word)
		if path := o.storeOnly(word); errors.Is(err, refs.ErrUnknownRevision) && path != "" {
			return repo.AtIndex(), path, nil
		}
		if errors.Is(err, refs.ErrUnknownRevision) {
			err = fmt.Errorf("%w; and no path of that name", err)
		}
		return repo.AtRevision(word), "", err
	}
	rev, path, err := o.g.object(o.r, word)
	if rev == "" {
		return repo.AtIndex(), path, err
	}
	return repo.AtRevision(rev), path, err
}

// storeOnly is the path in the repository that a word has, if files there are in the store only; else "".
func (o *operands) storeOnly(word string) string {
	dir, err := o.g.cwd()
	if err != nil {
		return ""
	}
	path, err := o.r.Rel(dir, word)
	if err != nil || path == "" {
		return ""
	}
	x, err := o.r.Index()
	if err != nil || !x.AnyAway(path) {
		return ""
	}
	return path
}

// snapshot are the files that a word names.
func (o *operands) snapshot(ctx context.Context, word string) (diff.Snapshot, error) {
	if disk, err := o.isPath(word); err != nil {
		return diff.Snapshot{}, err
	} else if disk {
		return o.g.readDisk(word)
	}
	side, path, err := o.side(word)
	if err != nil {
		return diff.Snapshot{}, err
	}
	return o.r.Snapshot(ctx, side.At(path), nil)
}

// beside are the files of the folder of what a word names, with paths as those of s, which it names.
func (o *operands) beside(ctx context.Context, word string, s diff.Snapshot) (diff.Snapshot, error) {
	if !s.IsFile {
		return s, nil
	}
	if disk, err := o.isPath(word); err != nil {
		return s, err
	} else if disk {
		return o.besideDisk(word)
	}
	side, _, err := o.side(word)
	if err != nil {
		return s, err
	}
	return o.r.Snapshot(ctx, side, nil)
}

// besideDisk are the files of the folder of a file, with paths as that has it.
func (o *operands) besideDisk(word string) (diff.Snapshot, error) {
	near, err := o.g.readDisk(filepath.Dir(word))
	for i := range near.Files {
		near.Files[i].Path = filepath.Join(filepath.Dir(word), near.Files[i].Path)
	}
	return near, err
}
