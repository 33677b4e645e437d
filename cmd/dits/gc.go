package main

import (
	"cmp"
	"time"

	"github.com/spf13/cobra"

	"dits/repo"
)

type gcOptions struct {
	repo.GCOptions
	grace string
	json  bool
}

func newGC(g *globals) *cobra.Command {
	o := gcOptions{}
	cmd := &cobra.Command{
		Use:     "gc",
		Short:   "Free what nothing leads to",
		GroupID: upkeep,
		Long: `Looks for what no branch, tag, HEAD, reflog or index leads to, in all repositories of the
store. It is marked, and a later gc deletes it when it has been marked for --grace. What a
tensor that stays is decoded from stays with it. Other commands may run meanwhile.

gc refuses while a repository that uses the store cannot be read: --forget says that what
only that one needs may go.`,
		Example: `  dits gc -n                   # what would go, and why
  dits gc
  dits gc --grace 0            # at once
  dits gc --deep               # also earlier bases of fine-tunes
  dits gc --forget /mnt/gone`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runGC(cmd, g, o) },
	}
	f := cmd.Flags()
	f.BoolVarP(&o.DryRun, "dry-run", "n", false, "say what would go, and why; change nothing")
	f.StringVar(&o.grace, "grace", ageText(repo.DefaultGrace), "how long what is dead stays: `D` is 0, 12h, 30d, 2w")
	f.BoolVar(&o.Deep, "deep", false, "store tensors anew that alone keep a source which no file has, where that frees more")
	f.StringArrayVar(&o.Forget, "forget", nil, "the repository in the folder `REPO` is gone; may be given again")
	f.BoolVar(&o.json, "json", false, "JSON")
	return cmd
}

func runGC(cmd *cobra.Command, g *globals, o gcOptions) (err error) {
	if o.Grace, err = parseAge("--grace", o.grace); err != nil {
		return err
	}
	for i, path := range o.Forget {
		if path == "" {
			return usagef("gc: --forget: empty, want the folder of a repository")
		}
		dir, err := g.cwd()
		if err != nil {
			return err
		}
		o.Forget[i] = g.join(dir, path)
	}
	o.Progress = g.progress(cmd.ErrOrStderr())
	return g.withRepo(func(r *repo.Repo) error {
		done, err := r.GC(cmd.Context(), o.GCOptions)
		if err != nil {
			return err
		}
		if o.json {
			return writeJSON(cmd, done)
		}
		return printCollected(cmd, done)
	})
}

func printCollected(cmd *cobra.Command, c *repo.Collected) error {
	if err := printDead(cmd, c); err != nil {
		return err
	}
	p := &printer{w: cmd.OutOrStdout()}
	freed, now := "freed", "now"
	if c.DryRun {
		freed, now = "would be freed", "then about"
	}
	for _, path := range c.Forgotten {
		p.f("%s: forgotten\n", path)
	}
	p.f("%s, %s, %s: %s %s\n", plural(c.Commits, "commit", "commits"), plural(c.Files, "file", "files"),
		plural(c.Tensors, "tensor", "tensors"), size(c.Before-c.After), freed)
	if c.Recoded > 0 {
		p.f("%s stored anew, without sources that no file has\n", plural(c.Recoded, "tensor", "tensors"))
	}
	p.f("%s in %s, %s %s in %s%s\n", size(c.Before), plural(c.PacksBefore, "pack", "packs"), now,
		size(c.After), plural(c.PacksAfter, "pack", "packs"), percentOf(c.After, c.Before))
	if c.Kept > 0 {
		p.f("%s that is dead stays in packs which it does not pay to write anew\n", size(c.Kept))
	}
	if c.Marked > 0 {
		p.f("%s is marked, and goes from %s on\n", size(c.Marked), c.Next.Local().Format("2006-01-02 15:04"))
	}
	return p.err
}

// printDead says what would go, why, and from when on.
func printDead(cmd *cobra.Command, c *repo.Collected) error {
	t := &table{}
	t.rightAlign(2)
	for _, d := range c.DeadCommits {
		t.row("commit", d.ID.Short()+" "+d.Subject, "", d.Why+from(d.Due))
	}
	for _, d := range c.DeadFiles {
		name := d.Digest.Short()
		if d.Path != "" {
			name = d.Rev.Short() + ":" + d.Path
		}
		if len(d.Tensors) > 0 {
			name += " (" + plural(len(d.Tensors), "tensor", "tensors") + ")"
		}
		t.row("file", name, size(d.Stored), d.Why+from(d.Due))
	}
	if c.Loose > 0 {
		t.row("rest", "", size(c.Loose), "in no file: an add that was stopped, an importance matrix")
	}
	for _, s := range c.Sources {
		t.row("kept", cmp.Or(s.Tensor, s.Digest.Short()), size(s.Stored), "only as source of "+cmp.Or(s.Of, "a tensor"))
	}
	return t.write(cmd.OutOrStdout())
}

// from says from when on something may go; nothing where that is now.
func from(due *time.Time) string {
	if due == nil {
		return ""
	}
	return "; from " + due.Local().Format("2006-01-02") + " on"
}
