package repo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dits/repo/object"
	"dits/repo/relatives"
	"dits/tensorstore/upkeep"
)

// DefaultGrace is how long what is dead stays.
const DefaultGrace = 14 * 24 * time.Hour

// gcTries is how often a plan is made that somebody's change makes worthless.
const gcTries = 3

// GCOptions of [Repo.GC].
type GCOptions struct {
	DryRun   bool            // say what would go, and why; nothing is written
	Grace    time.Duration   // how long what is dead stays; 0: it goes at once
	Deep     bool            // what keeps a source that no file has is coded anew where that frees more
	Forget   []string        // working folders of repositories that cannot be read, and whose content may go
	Now      time.Time       // zero: now
	Progress object.Progress // nil: none
}

// Collected is what a gc has done, or would do. Its JSON form is a contract.
type Collected struct {
	Before      int64      `json:"before_bytes"` // of all packs
	After       int64      `json:"after_bytes"`  // of a dry run: what is expected
	PacksBefore int        `json:"packs_before"`
	PacksAfter  int        `json:"packs_after"`
	Commits     int        `json:"commits"` // that went
	Files       int        `json:"files"`
	Tensors     int        `json:"tensors"`
	Recoded     int        `json:"recoded"`       // tensors that are stored without a source that no file has
	Doubled     int64      `json:"doubled_bytes"` // of contents that were stored twice
	Kept        int64      `json:"kept_bytes"`    // dead, in packs that it does not pay to write anew
	Marked      int64      `json:"marked_bytes"`  // dead, and whose time has not come
	Next        *time.Time `json:"next"`          // when the time of the first of these comes; null: there are none
	Forgotten   []string   `json:"forgotten"`     // repositories
	DryRun      bool       `json:"dry_run"`

	// Of a dry run only, also what is marked.
	DeadCommits []DeadCommit `json:"dead_commits,omitempty"`
	DeadFiles   []DeadFile   `json:"dead_files,omitempty"`
	Loose       int64        `json:"loose_bytes,omitempty"` // of what no file has, as after an add that was stopped
	Sources     []KeptSource `json:"sources,omitempty"`
}

// GC frees what no repository of the store needs: refs, HEAD, reflogs and index lead to what is needed. What is dead is
// marked, and goes with a later gc when it has been for as long as the grace period. One gc or repack runs in a store
// at a time, else it is [ErrLocked]; others may add and commit meanwhile. See [upkeep.GCPlan.Run] for what happens
// when it is stopped.
func (r *Repo) GC(ctx context.Context, o GCOptions) (*Collected, error) {
	o.Progress = object.OrQuiet(o.Progress)
	if !o.DryRun {
		l, err := r.lockRepack()
		if err != nil {
			return nil, err
		}
		defer l.Unlock()
	}
	for try := 1; ; try++ {
		done, err := r.gc(ctx, o)
		if try == gcTries || !errors.Is(err, upkeep.ErrOutdated) {
			return done, err
		}
	}
}

func (r *Repo) gc(ctx context.Context, o GCOptions) (*Collected, error) {
	_, forgotten, err := r.readable(o.Forget)
	if err != nil {
		return nil, err
	}
	roots := func() ([]upkeep.Root, error) {
		users, _, err := r.readable(o.Forget)
		if err != nil {
			return nil, err
		}
		return rootsOf(users)
	}
	plan, err := upkeep.PlanGC(ctx, r.Store, roots, upkeep.GCOptions{Grace: o.Grace, Now: o.Now, Names: namedBy, Progress: o.Progress})
	if err != nil {
		return nil, fmt.Errorf("gc: %w", err)
	}
	plan, recoded, freed, err := r.deepen(ctx, plan, o)
	if err != nil {
		return nil, fmt.Errorf("gc: %w", err)
	}
	c, err := r.explain(ctx, plan, o.DryRun)
	if err != nil {
		return nil, err
	}
	c.Recoded = recoded
	c.Forgotten = append([]string{}, o.Forget...)
	found := plan.Found()
	if !o.DryRun {
		o.Progress.Start("writing packs", found.Copied)
		defer o.Progress.Done()
		if found, err = plan.Run(ctx, o.Progress.Add); err != nil {
			return nil, fmt.Errorf("gc: %w", err)
		}
		if err := r.unregister(forgotten); err != nil {
			return nil, err
		}
	}
	c.add(found)
	if o.DryRun {
		c.After -= freed
	}
	return c, nil
}

// deepen codes tensors anew without sources that no file has, if that is asked for.
func (r *Repo) deepen(ctx context.Context, plan *upkeep.GCPlan, o GCOptions) (*upkeep.GCPlan, int, int64, error) {
	if !o.Deep || len(plan.Sources) == 0 {
		return plan, 0, 0, nil
	}
	families, _, err := relatives.Families(ctx, r.Folder)
	if err != nil {
		return nil, 0, 0, err
	}
	return plan.Deepen(ctx, families, upkeep.Options{DryRun: o.DryRun, Manifest: r.Manifest})
}

// add takes over what a plan finds.
func (c *Collected) add(g upkeep.GC) {
	c.Before, c.After, c.PacksBefore, c.PacksAfter = g.Before, g.After, g.PacksBefore, g.PacksAfter
	c.Doubled, c.Kept, c.Marked = g.Doubled, g.Kept, g.Marked
	if !g.Next.IsZero() {
		c.Next = &g.Next
	}
}
