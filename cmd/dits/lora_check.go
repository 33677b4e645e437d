package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/diff"
	"dits/repo/lora"
	"dits/repo/object"
	"dits/repo/refs"
)

// runExpectLoRA checks that b is a with the adapter merged, and prints what it finds.
func (o *diffOptions) runExpectLoRA(cmd *cobra.Command, g *globals, r *repo.Repo, s *screen, a, b repo.Side, options diff.Options) error {
	adapter, err := g.adapter(r, o.expectLoRA)
	if err != nil {
		return err
	}
	c, err := r.ExpectLoRA(cmd.Context(), a, b, adapter, options)
	if err != nil {
		return err
	}
	return o.showLoRACheck(cmd, s, c)
}

// expectPaths is runExpectLoRA for two paths; r is nil where there is no repository.
func (o *diffOptions) expectPaths(cmd *cobra.Command, g *globals, r *repo.Repo, s *screen, a, b diff.Snapshot) error {
	adapter, err := g.openAdapter(cmd.Context(), r, o.expectLoRA)
	if err != nil {
		return err
	}
	defer adapter.Close()
	c, err := adapter.Check(cmd.Context(), a, b, o.options(cmd, g))
	if err != nil {
		return err
	}
	return o.showLoRACheck(cmd, s, c)
}

// openAdapter opens an adapter where there may be no repository.
func (g *globals) openAdapter(ctx context.Context, r *repo.Repo, word string) (*lora.Adapter, error) {
	if r == nil {
		path, err := g.diskPath(word)
		if err != nil {
			return nil, err
		}
		return lora.ReadAdapter(ctx, path)
	}
	spec, err := g.adapter(r, word)
	if err != nil {
		return nil, err
	}
	return r.OpenAdapter(ctx, spec)
}

// showLoRACheck prints what was found, and tells by the exit status whether it was expected.
func (o *diffOptions) showLoRACheck(cmd *cobra.Command, s *screen, c *lora.Check) error {
	c.Adapter = o.expectLoRA
	switch {
	case o.json:
		return verdict(writeJSON(cmd, c), c.OK)
	case o.quiet:
		return verdict(nil, c.OK)
	}
	return verdict(printLoRACheck(s, c, checkList{}), c.OK)
}

// adapter is what a word names: a path of the file system, or REV:PATH.
func (g *globals) adapter(r *repo.Repo, word string) (refs.Spec, error) {
	dir, err := g.cwd()
	if err != nil {
		return refs.Spec{}, err
	}
	if word == "" || word[0] == ':' {
		return refs.Spec{}, usagef("diff: --expect-lora %q, want a path or REV:PATH", word)
	}
	path := g.join(dir, word)
	_, err = os.Stat(path)
	switch isGone := errors.Is(err, fs.ErrNotExist); {
	case isGone && !strings.Contains(word[1:], ":"):
		return refs.Spec{}, fmt.Errorf("%s: %w", word, object.ErrNoPath)
	case !isGone:
		return refs.Spec{Path: path}, err
	}
	rev, path, err := g.object(r, word)
	return refs.Spec{Rev: rev, Path: path}, err
}
