package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"dits/repo"
	"dits/repo/diff"
	"dits/repo/lora"
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
	if o.json {
		return verdict(writeJSON(cmd, c), c.OK)
	}
	return verdict(printLoRACheck(s, c), c.OK)
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
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(word[1:], ":") {
		return refs.Spec{Path: path}, err
	}
	rev, path, err := g.object(r, word)
	return refs.Spec{Rev: rev, Path: path}, err
}

// printLoRACheck prints a line of counts, and a line for each tensor that is off.
func printLoRACheck(s *screen, c *lora.Check) error {
	p := &printer{w: s}
	off := 0
	orders := []string{}
	for _, t := range c.Tensors {
		if !t.OK {
			off++
		} else if t.Order != "" {
			orders = withName(orders, t.Order)
		}
	}
	p.f("%s (rank %d, alpha %s): %s merged, %d unchanged", c.Adapter, c.Rank, strconv.FormatFloat(c.Alpha, 'g', -1, 64),
		plural(c.Merged, "tensor", "tensors"), c.Unchanged)
	if c.Replaced > 0 {
		p.f(", %d replaced", c.Replaced)
	}
	if off > 0 {
		p.f(", %s", s.counted(red, off, "off"))
	}
	p.f("\n")
	if len(orders) > 0 {
		p.f("  merged as %s\n", strings.Join(orders, "; "))
	}
	if p.err != nil {
		return p.err
	}
	return printOff(s, c)
}

// printOff prints the tensors that are not as expected.
func printOff(s *screen, c *lora.Check) error {
	t := &table{indent: "  "}
	for _, x := range c.Tensors {
		if !x.OK {
			t.row(s.paint(red, x.Name), x.Problem)
		}
	}
	return t.write(s)
}
