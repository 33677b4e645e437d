package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/object"
)

func newEstimate(g *globals) *cobra.Command {
	o := addOptions{}
	cmd := &cobra.Command{
		Use:     "estimate PATH...",
		Short:   "Say what adding files would take, and store nothing",
		GroupID: everyday,
		Long: `Says what files and folders would take, file by file, and what each would be stored
against. Nothing is stored, and no repository is needed; in one, what it has already counts.
Links out of the folder are followed.

It does the work of dits add, and takes as long. It writes to .dits/tmp or, without a
repository, to the folder that TMPDIR names, and removes that in the end: a copy of the
catalog, whose size dits stats tells, lists of tensors, and how quants are recomputed. No
content is written, but on a file system without sparse files (FAT, exFAT) this takes the
room that the files would take in the store. Where the disk is full it ends with an error.

What dits add would refuse is told, and not counted; then the exit status is 3. With --json,
one object a line for each file, as dits add has it.`,
		Example: `  dits estimate model.safetensors
  dits estimate .
  dits estimate ../downloads
  dits estimate -q --level max model-*.gguf`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runEstimate(cmd, g, o, args) },
	}
	f := cmd.Flags()
	f.BoolVarP(&o.Force, "force", "f", false, "count what is ignored too, and models that are cut off or not there")
	f.StringVar(&o.Importance, "imatrix", "", "an importance `FILE` that quants were made with, where it is not committed")
	f.StringVar(&o.level, "level", "default", "how hard to look for what is smaller: `LEVEL` is fast, default or max")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "count the tensors of each file")
	f.BoolVar(&o.json, "json", false, "one JSON object a line for each file")
	levels := cobra.FixedCompletions([]string{"fast", "default", "max"}, cobra.ShellCompDirectiveNoFileComp)
	_ = cmd.RegisterFlagCompletionFunc("level", levels)
	return cmd
}

func runEstimate(cmd *cobra.Command, g *globals, o addOptions, args []string) (err error) {
	if o.Level, err = parseLevel(o.level); err != nil {
		return err
	}
	r, err := g.open()
	if errors.Is(err, repo.ErrNoRepository) {
		r, err = nil, nil
	}
	if err != nil {
		return err
	}
	if r != nil {
		defer r.Close()
	}
	root, paths, err := g.rooted(r, args)
	if err != nil {
		return err
	}
	o.Progress = g.progress(cmd.ErrOrStderr())
	lines := newAddLines(cmd, g, &o, o.Progress)
	if r != nil && root == r.Root {
		lines.here = g.here(r)
	}
	o.Report, o.Skipped = lines.staged, lines.skipped
	err = repo.Estimate(cmd.Context(), r, root, paths, o.AddOptions)
	var incomplete *repo.IncompleteError
	if err != nil && !errors.As(err, &incomplete) {
		return err
	}
	lines.estimated(incomplete == nil)
	tellFailed(cmd, incomplete)
	if incomplete != nil {
		err = fmt.Errorf("%s not in the estimate", plural(len(incomplete.Failed), "path is", "paths are"))
	}
	return cmp.Or(err, lines.err)
}

// rooted are paths below one folder: the working folder of r if all are in there, else the current folder, else the
// nearest that has them all.
func (g *globals) rooted(r *repo.Repo, args []string) (root string, paths []string, err error) {
	full := make([]string, len(args))
	for i, arg := range args {
		if full[i], err = g.found(arg); err != nil {
			return "", nil, err
		}
	}
	if r != nil {
		if paths, err = g.paths(r, full); err == nil {
			return r.Root, paths, nil
		}
	}
	if root, err = g.cwd(); err != nil {
		return "", nil, err
	}
	if !below(root, full) {
		if root = full[0]; len(full) > 1 || !isFolder(root) {
			root = filepath.Dir(root)
		}
	}
	for !below(root, full) {
		root = filepath.Dir(root)
	}
	paths = nil
	for _, path := range full {
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return "", nil, err
		}
		if rel = filepath.ToSlash(rel); rel == "." {
			rel = ""
		} else if err := object.CheckPath(rel); err != nil {
			return "", nil, err
		}
		paths = append(paths, rel)
	}
	return root, paths, nil
}

// found is the absolute path of what a word names; of a link to a folder, the folder's.
func (g *globals) found(word string) (string, error) {
	path, err := g.diskPath(word)
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return "", err
	}
	if !isThere(path) {
		return "", fmt.Errorf("%s: %w", word, object.ErrNoPath)
	}
	if isFolder(path) {
		return filepath.EvalSymlinks(path)
	}
	return path, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// below says that all paths are root or in it.
func below(root string, paths []string) bool {
	for _, path := range paths {
		rel, err := filepath.Rel(root, path)
		if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return false
		}
	}
	return true
}

// estimated tells what all files would take; complete says that none could not be looked at.
func (l *addLines) estimated(complete bool) {
	l.print(l.models.rest())
	l.printOthers()
	switch {
	case l.options.json:
	case l.told == 0 && complete:
		l.line("nothing to add: all is as it was added last")
	case l.told > 0 && l.stored == 0:
		l.line(size(l.logical) + " here would take nothing: all of it is stored already")
	case l.told > 0:
		l.line(fmt.Sprintf("%s here would take %s%s", size(l.logical), size(l.stored), savedOf(l.stored, l.logical)))
	}
}

// savedOf is ": 74% saved", or "" where that is nothing.
func savedOf(stored, logical int64) string {
	if stored >= logical {
		return ""
	}
	percent := 100 * float64(logical-stored) / float64(logical)
	if percent > 99 && stored > 0 {
		return fmt.Sprintf(": %.2f%% saved", min(percent, 99.99))
	}
	return fmt.Sprintf(": %.0f%% saved", percent)
}
