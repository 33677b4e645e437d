package main

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/refs"
)

type catOptions struct {
	repo.CatOptions
	byteRange string
}

func newCat(g *globals) *cobra.Command {
	o := catOptions{}
	cmd := &cobra.Command{
		Use:     "cat [REV:]PATH",
		Short:   "Write a file, a tensor or a range of bytes to stdout",
		GroupID: content,
		Long: `Writes the bytes of a file in REV, or as staged, to stdout. Only the chunks that are
asked for are decoded, and each is checked. As in git, a path after REV: starts at the
root of the repository, unless it begins with ./; one alone at the current folder.`,
		Example: `  dits cat main:model.safetensors | sha256sum
  dits cat --tensor model.norm.weight ft-customer:model.safetensors > norm.bin
  dits cat --range 0:8 model.safetensors | xxd`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runCat(cmd, g, o, args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&o.Tensor, "tensor", "", "only the tensor `NAME`")
	_ = cmd.RegisterFlagCompletionFunc("tensor", g.tensors)
	f.StringVar(&o.byteRange, "range", "", "only bytes `A:B` (from A, up to and without B) of the file or tensor; either may be left out")
	return cmd
}

func runCat(cmd *cobra.Command, g *globals, o catOptions, arg string) error {
	if err := o.parseRange(); err != nil {
		return err
	}
	return g.withRepo(func(r *repo.Repo) error {
		rev, path, err := g.object(r, arg)
		if err != nil {
			return err
		}
		return r.Cat(cmd.Context(), rev, path, o.CatOptions, cmd.OutOrStdout())
	})
}

// object reads [REV:]PATH. A name with a colon that is no revision but staged is a path.
func (g *globals) object(r *repo.Repo, arg string) (rev, path string, err error) {
	rev, path, named := strings.Cut(arg, ":")
	if named && rev != "" {
		if _, err := r.Resolve(rev); errors.Is(err, refs.ErrUnknownRevision) && g.isPath(r, arg) {
			named = false
		} else if err != nil {
			return "", "", err
		}
	}
	dir, err := g.cwd()
	if err != nil {
		return "", "", err
	}
	switch {
	case !named:
		rev, path = "", arg
	case !strings.HasPrefix(path, "./") && !strings.HasPrefix(path, "../"):
		dir = r.Root
	}
	if named && filepath.IsAbs(path) {
		return "", "", usagef("%s: absolute path after a revision, want one from the root of the repository", arg)
	}
	path, err = r.Rel(dir, path)
	return rev, path, err
}

// parseRange reads --range.
func (o *catOptions) parseRange() error {
	if o.byteRange == "" {
		return nil
	}
	a, b, ok := strings.Cut(o.byteRange, ":")
	from, good := byteOffset(a)
	to, fine := byteOffset(b)
	if !ok || !good || !fine || b != "" && from >= to {
		return usagef("cat: range %q: want A:B with A < B, in bytes", o.byteRange)
	}
	o.From, o.To = from, to
	return nil
}

// byteOffset reads an offset; "" is 0.
func byteOffset(s string) (int64, bool) {
	if s == "" {
		return 0, true
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0
}
