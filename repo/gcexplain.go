package repo

import (
	"context"
	"errors"
	"time"

	"dits/catalog"
	"dits/formats"
	"dits/repo/lineage"
	"dits/repo/object"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
	"dits/tensorstore/upkeep"
)

// Why something is dead.
const (
	whyCommit      = "no branch, tag, reflog or HEAD leads to it"
	whyOfDead      = "only in commits that nothing leads to"
	whyUncommitted = "in no commit, and not in the index"
)

// A DeadCommit is one that nothing leads to.
type DeadCommit struct {
	ID      digest.ID  `json:"commit"`
	Subject string     `json:"subject"`
	Time    time.Time  `json:"time"`
	Why     string     `json:"why"`
	Due     *time.Time `json:"due"` // when it may go; null: now
}

// A DeadFile is one that no commit has which something leads to.
type DeadFile struct {
	Rev     digest.ID    `json:"commit"` // a dead one that has it; "" if none has
	Path    string       `json:"path"`   // in that commit
	Digest  digest.ID    `json:"digest"`
	Size    int64        `json:"size"`
	Stored  int64        `json:"stored_bytes"` // what goes with it that is in no file before it
	Why     string       `json:"why"`
	Due     *time.Time   `json:"due"`
	Tensors []DeadTensor `json:"tensors"` // those that no file has which stays
}

// A DeadTensor is one that goes with its file.
type DeadTensor struct {
	Name   string    `json:"name"`
	Digest digest.ID `json:"digest"`
	Stored int64     `json:"stored_bytes"`
}

// A KeptSource is a tensor that no file has any more, and that is kept for what is decoded from it.
type KeptSource struct {
	Digest digest.ID `json:"digest"`
	Tensor string    `json:"tensor"` // with its file: "PATH: NAME"; "" if no file has had it
	Of     string    `json:"of"`     // the tensor that needs it, in the same way
	Stored int64     `json:"stored_bytes"`
}

// An explanation names what is dead.
type explanation struct {
	*Collected
	repo  *Repo
	plan  *upkeep.GCPlan
	whole bool               // names, not only numbers
	index map[digest.ID]int  // of dead files
	blobs map[digest.ID]bool // that were counted
	trees map[digest.ID]bool // that were looked through
}

// explain counts what is dead; whole also names it.
func (r *Repo) explain(ctx context.Context, plan *upkeep.GCPlan, whole bool) (*Collected, error) {
	x := &explanation{&Collected{DryRun: whole}, r, plan, whole,
		map[digest.ID]int{}, map[digest.ID]bool{}, map[digest.ID]bool{}}
	steps := []func(context.Context) error{x.files, x.commits, x.loose}
	if whole {
		steps = append(steps, x.sources)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return x.Collected, nil
}

// due is the time of what waits, nil of what goes.
func due(d upkeep.Dead) *time.Time {
	if d.Due.IsZero() {
		return nil
	}
	return &d.Due
}

// commits lists the dead commits, and finds the files that they have.
func (x *explanation) commits(ctx context.Context) error {
	return x.plan.EachDead(pack.Commit, func(d upkeep.Dead) error {
		if d.Due.IsZero() {
			x.Commits++
		}
		if !x.whole {
			return ctx.Err()
		}
		c, err := x.repo.ReadCommit(d.ID)
		if err != nil {
			return unlessDamaged(err)
		}
		x.DeadCommits = append(x.DeadCommits, DeadCommit{d.ID, object.Subject(c.Message), c.Time, whyCommit, due(d)})
		return x.tree(c.ID, c.Tree, "")
	})
}

// tree gives the dead files below a tree of a commit their path, each tree once.
func (x *explanation) tree(commit, id digest.ID, dir string) error {
	if id.IsZero() || x.trees[id] || !x.plan.IsDead(upkeep.Content{Kind: pack.Tree, ID: id}) {
		return nil
	}
	x.trees[id] = true
	t, err := x.repo.ReadTree(id)
	if err != nil {
		return unlessDamaged(err)
	}
	for _, e := range t.Entries {
		if e.Mode == object.ModeDir {
			if err := x.tree(commit, e.ID, dir+e.Name+"/"); err != nil {
				return err
			}
			continue
		}
		if i, dead := x.index[e.ID]; dead && x.DeadFiles[i].Path == "" {
			f := &x.DeadFiles[i]
			f.Rev, f.Path, f.Why = commit, dir+e.Name, whyOfDead
		}
	}
	return nil
}

// files lists the dead files with the tensors that are dead, each tensor once.
func (x *explanation) files(ctx context.Context) error {
	return x.plan.EachDead(pack.Manifest, func(d upkeep.Dead) error {
		if d.Due.IsZero() {
			x.Files++
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		b, err := x.repo.Store.Object(pack.Manifest, d.ID)
		if err != nil {
			return unlessDamaged(err)
		}
		f, err := object.DecodeManifest(d.ID, b)
		if err != nil {
			return unlessDamaged(err)
		}
		dead := DeadFile{Digest: d.ID, Size: f.Layout.Size, Stored: d.Bytes, Why: whyUncommitted, Due: due(d),
			Tensors: []DeadTensor{}}
		if err := x.parts(&dead, f, d.Due.IsZero()); err != nil || !x.whole {
			return err
		}
		x.index[d.ID] = len(x.DeadFiles)
		x.DeadFiles = append(x.DeadFiles, dead)
		return nil
	})
}

// parts adds what is dead of a file's parts.
func (x *explanation) parts(dead *DeadFile, f catalog.File, goes bool) error {
	for i, s := range f.Layout.Segments {
		id := f.Blobs[i]
		if x.blobs[id] {
			continue
		}
		x.blobs[id] = true
		blob, err := x.plan.DeadBlob(id)
		if err != nil || blob.Bytes == 0 {
			if unlessDamaged(err) != nil {
				return err
			}
			continue
		}
		dead.Stored += blob.Bytes
		if s.Kind != formats.Data {
			continue
		}
		if goes {
			x.Tensors++
		}
		if x.whole {
			dead.Tensors = append(dead.Tensors, DeadTensor{f.Layout.Tensors[s.Tensor].Name, id, blob.Bytes})
		}
	}
	return nil
}

// loose adds up the chunks that are dead and in no file.
func (x *explanation) loose(context.Context) error {
	x.Loose = x.plan.DeadBytes()
	for _, f := range x.DeadFiles {
		x.Loose -= f.Stored
	}
	for _, k := range []pack.Kind{pack.Commit, pack.Tree, pack.Tag, pack.Blob, pack.Prediction} {
		if err := x.plan.EachDead(k, func(d upkeep.Dead) error { x.Loose -= d.Bytes; return nil }); err != nil {
			return err
		}
	}
	if x.Loose < 0 || !x.whole {
		x.Loose = 0
	}
	return nil
}

// sources names what is kept for what is decoded from it.
func (x *explanation) sources(context.Context) error {
	var blobs []digest.ID
	for _, s := range x.plan.Sources {
		blobs = append(blobs, s.Blob, s.Of)
	}
	names, err := x.tensors(object.Distinct(blobs))
	if err != nil {
		return err
	}
	for _, s := range x.plan.Sources {
		x.Sources = append(x.Sources, KeptSource{s.Blob, names[s.Blob], names[s.Of], s.Bytes})
	}
	return nil
}

// tensors names blobs by a tensor and file that have them, as far as these are known.
func (x *explanation) tensors(blobs []digest.ID) (map[digest.ID]string, error) {
	holders, err := x.repo.Catalog.Holders(blobs)
	if err != nil {
		return nil, err
	}
	namer, err := lineage.NewNamer(x.repo.History)
	if err != nil {
		return nil, err
	}
	var found []*lineage.Source
	for blob := range holders {
		found = append(found, &lineage.Source{Blob: blob})
	}
	if err := namer.Find(digest.ID{}, "", found, func(digest.ID) bool { return true }); err != nil {
		return nil, err
	}
	names := map[digest.ID]string{}
	for _, s := range found {
		h := holders[s.Blob]
		file := x.file(h.File)
		if s.Found {
			rev, err := namer.Rev(s.Place.Commit)
			if err != nil {
				return nil, err
			}
			file = rev + ":" + s.Place.Path
		}
		names[s.Blob] = file + ": " + h.Tensor.Name
	}
	return names, nil
}

// file is the name of a file that no ref leads to.
func (x *explanation) file(id digest.ID) string {
	if i, dead := x.index[id]; dead && x.DeadFiles[i].Path != "" {
		return x.DeadFiles[i].Rev.Short() + ":" + x.DeadFiles[i].Path
	}
	return id.Short()
}

// unlessDamaged is nil for what is damaged or not there: what is dead need not be read.
func unlessDamaged(err error) error {
	if errors.Is(err, tensorstore.ErrCorrupt) || errors.Is(err, tensorstore.ErrUnknown) {
		return nil
	}
	return err
}
