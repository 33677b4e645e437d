package main

import (
	"strings"

	"github.com/spf13/cobra"

	"dits/catalog"
	"dits/repo"
	"dits/repo/object"
)

// fitCompletion makes the library's command of completion one like the others.
func fitCompletion(cmd *cobra.Command) {
	var shells []string
	for _, shell := range cmd.Commands() {
		shell.Args = asUsage(shell.Args)
		shells = append(shells, shell.Name())
	}
	cmd.Args = nil // RunE knows what is wrong with them
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return usagef("completion: unknown shell %q, want one of %s", args[0], strings.Join(shells, ", "))
	}
}

// maxCompleted bounds the staged files that are looked at for names of tensors.
const maxCompleted = 64

// tensors completes names of tensors: of the file that was named before, else of all that are staged.
func (g *globals) tensors(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	var names []string
	err := g.withRepo(func(r *repo.Repo) error {
		files, err := g.filesFor(r, args)
		seen := map[string]bool{}
		for _, f := range files {
			for _, t := range f.Layout.Tensors {
				if strings.HasPrefix(t.Name, word) && !seen[t.Name] {
					seen[t.Name] = true
					names = append(names, t.Name)
				}
			}
		}
		return err
	})
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// filesFor are the files that a command line names, or those that are staged.
func (g *globals) filesFor(r *repo.Repo, args []string) (files []catalog.File, err error) {
	var named []object.TreeFile
	for _, arg := range args {
		if rev, path, err := g.object(r, arg); err == nil {
			if f, err := r.FileAt(rev, path); err == nil {
				named = append(named, f)
			}
		}
	}
	if len(named) == 0 {
		x, err := r.Index()
		if err != nil {
			return nil, err
		}
		named = x.Files()
		named = named[:min(len(named), maxCompleted)]
	}
	for _, f := range named {
		file, err := r.ReadFile(f.ID)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// named completes names of existing refs below prefix as the first word, and of those alone while one of flags is
// given; the second word may be any revision.
func (g *globals) named(prefix string, flags ...string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		for _, flag := range flags {
			if cmd.Flags().Changed(flag) {
				return g.refsBelow(prefix)
			}
		}
		if len(args) == 0 {
			return g.refsBelow(prefix)
		}
		return g.revisions(cmd, args, word)
	}
}
