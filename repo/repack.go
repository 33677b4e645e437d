package repo

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/relatives"
	"dits/tensorstore/choose"
	"dits/tensorstore/upkeep"
)

// RepackOptions of [Repo.Repack]. The zero value is what everyday use wants.
type RepackOptions struct {
	Level    choose.Level    // how hard to look for what is smaller
	Depth    int             // longest chain of tensors coded against each other, 1 to 16; 0: 6
	DryRun   bool            // say what would be gained; nothing is written
	Progress object.Progress // nil: none
}

// Repacked is what a repacking has done, or would do. Its JSON form is a contract.
type Repacked struct {
	Before      int64 `json:"before_bytes"` // of all packs
	After       int64 `json:"after_bytes"`  // of a dry run: what is expected
	Tensors     int   `json:"tensors"`      // distinct ones that were looked at
	Recoded     int   `json:"recoded"`      // those that are stored in another way now
	PacksBefore int   `json:"packs_before"`
	PacksAfter  int   `json:"packs_after"`
	DryRun      bool  `json:"dry_run"`
}

// Repack looks for a better way to store each tensor of the whole store, among all tensors of
// its role and shape and those that look like it, whenever they came, and merges small packs. No commit, tree or file
// changes. One repacking runs in a store at a time, else it is [ErrLocked]; see
// [upkeep.Repack] for what happens when it is stopped.
func (r *Repo) Repack(ctx context.Context, o RepackOptions) (*Repacked, error) {
	if !o.DryRun {
		l, err := r.lockRepack()
		if err != nil {
			return nil, err
		}
		defer l.Unlock()
	}
	if err := r.Store.Refresh(); err != nil { // another may have just ended
		return nil, err
	}
	families, total, err := relatives.Families(ctx, r.Folder)
	if err != nil {
		return nil, err
	}
	o.Progress = object.OrQuiet(o.Progress)
	o.Progress.Start("repacking", total)
	defer o.Progress.Done()
	done, err := upkeep.Repack(ctx, r.Store, families, upkeep.Options{
		Level: o.Level, Depth: o.Depth, DryRun: o.DryRun, Progress: o.Progress.Add, Manifest: r.Manifest,
	})
	if err != nil {
		return nil, fmt.Errorf("repack: %w", err)
	}
	return &Repacked{done.Before, done.After, done.Tensors, done.Recoded, done.PacksBefore, done.PacksAfter, o.DryRun}, nil
}

// lockRepack waits a little for the lock of the store's repacking and gc; [ErrLocked] if another
// process has it. Nothing else takes it: content may be added and read meanwhile.
func (r *Repo) lockRepack() (*refs.Lock, error) {
	l, err := r.TakeLock(r.upkeepLock(), refs.LockWait)
	if errors.Is(err, refs.ErrLocked) {
		err = fmt.Errorf("%w: another repack or gc is at work", err)
	}
	return l, err
}

func (r *Repo) upkeepLock() string { return filepath.Join(r.StoreDir, "repack.lock") }
