package upkeep

import (
	"context"
	"fmt"
	"slices"

	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// Run writes anew what stays of the packs that go, reads that back, marks what is dead and waits, looks once more
// whether the plan still holds, and deletes the packs. It returns what it has done. [ErrOutdated] when the store or
// the roots have changed: nothing was deleted, and a new plan has to be made. progress is told of bytes that are
// written; may be nil.
//
// The caller sees to it that only one gc or repacking runs in a store; others may read and write meanwhile.
func (p *GCPlan) Run(ctx context.Context, progress func(int64)) (GC, error) {
	r := &collecting{GCPlan: p, ctx: ctx, sealed: map[string]bool{}, progress: progress}
	if progress == nil {
		r.progress = func(int64) {}
	}
	if err := r.rewrite(); err != nil {
		return p.done, err
	}
	if err := r.readBack(); err != nil {
		return p.done, err
	}
	if err := r.mark(); err != nil {
		return p.done, err
	}
	if old := r.old(); len(old) > 0 {
		if err := p.store.Remove(old, r.last); err != nil {
			return p.done, err
		}
	}
	return p.done, r.measure()
}

// A collecting is one run of a plan.
type collecting struct {
	*GCPlan
	ctx      context.Context
	sealed   map[string]bool // packs that it has written
	progress func(int64)
}

// rewrite copies what stays of the packs that go.
func (r *collecting) rewrite() error {
	w := r.store.Begin(tensorstore.WriterOptions{Alone: true, Sealed: func(name string) { r.sealed[name] = true }})
	defer w.Close()
	stays := r.staying()
	copied := map[Content]bool{} // manifests and lists
	for i, in := range r.packs {
		if !in.goes || in.staying == 0 {
			continue
		}
		info, err := r.store.Pack(in.name)
		if err != nil {
			return err
		}
		for at, e := range info.Entries {
			if r.ctx.Err() != nil {
				return context.Cause(r.ctx)
			}
			if !stays[i][at] {
				continue
			}
			if e.Kind == pack.Manifest || e.Kind == pack.Blob {
				// Of two that differ a pack would take one only.
				if k := (Content{e.Kind, e.ID}); copied[k] {
					if err := w.Flush(); err != nil {
						return err
					}
				} else {
					copied[k] = true
				}
			}
			if err := w.Copy(tensorstore.Location{Pack: in.name, Entry: e}, e.Depth); err != nil {
				return err
			}
			r.progress(takes(e.Len))
		}
	}
	return w.Flush()
}

// staying says of each record of the packs that go whether it stays.
func (r *collecting) staying() [][]bool {
	stays := make([][]bool, len(r.packs))
	for i, in := range r.packs {
		if in.goes {
			stays[i] = make([]bool, in.records)
		}
	}
	note := func(h held) {
		if r.packs[h.pack].goes {
			stays[h.pack][h.at] = h.stays
		}
	}
	for _, o := range r.objects {
		note(o.held)
	}
	for _, c := range r.records {
		note(c.held)
	}
	return stays
}

// A sealedObject is a record in a new pack, with its checksum: manifests of one file may differ.
type sealedObject struct {
	Content
	sum uint64
}

// readBack compares what the new packs hold with what had to be copied.
func (r *collecting) readBack() error {
	chunks := make([]bool, len(r.chunks))
	objects := map[sealedObject]bool{}
	for name := range r.sealed {
		info, err := r.store.Pack(name)
		if err != nil {
			return err
		}
		for _, e := range info.Entries {
			if r.ctx.Err() != nil {
				return context.Cause(r.ctx)
			}
			if _, err := r.store.Payload(tensorstore.Location{Pack: name, Entry: e}); err != nil {
				return err
			}
			if n, found := r.chunk(e.ID); e.Kind == pack.Chunk && found {
				chunks[n] = true
			} else {
				objects[sealedObject{Content{e.Kind, e.ID}, e.Sum}] = true
			}
		}
	}
	for _, c := range r.records {
		if c.stays && r.packs[c.pack].goes && !chunks[c.chunk] {
			return fmt.Errorf("chunk %s: is not in the new packs", r.chunks[c.chunk])
		}
	}
	for _, o := range r.objects {
		if o.stays && r.packs[o.pack].goes && !objects[sealedObject{o.content(), o.Sum}] {
			return fmt.Errorf("%s %s: is not in the new packs", o.Kind, o.ID)
		}
	}
	return nil
}

// old are the packs that go, the youngest first: what it needs is in older ones, as a rule, and is there still if only
// some of them are deleted. One that was written again with the same records stays.
func (r *collecting) old() (names []string) {
	byAge := slices.SortedStableFunc(slices.Values(r.packs), func(a, b countedPack) int {
		return b.sealed.Compare(a.sealed)
	})
	for _, in := range byAge {
		if in.goes && !r.sealed[in.name] {
			names = append(names, in.name)
		}
	}
	return names
}

// last looks, while nobody can seal a pack or move a ref, whether all that others have sealed and named since is there
// when the packs are gone.
func (r *collecting) last() error {
	names, err := r.store.Packs()
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, in := range r.packs {
		known[in.name] = true
	}
	there, fresh := map[string]bool{}, map[Content]bool{}
	var late []string
	for _, name := range names {
		there[name] = true
		if known[name] || r.sealed[name] {
			continue
		}
		late = append(late, name)
		info, err := r.store.Pack(name)
		if err != nil {
			return err
		}
		for _, e := range info.Entries {
			fresh[Content{e.Kind, e.ID}] = true
		}
	}
	for _, in := range r.packs {
		if !in.goes && !there[in.name] {
			return fmt.Errorf("pack %s is gone: %w", in.name, ErrOutdated)
		}
	}
	return r.lastNeeds(late, fresh)
}

// lastNeeds is last for packs that were sealed since, and for the roots.
func (r *collecting) lastNeeds(late []string, fresh map[Content]bool) error {
	has := func(k Content) error {
		chunk := Content{pack.Chunk, k.ID}
		if fresh[k] || k.Kind == pack.Blob && fresh[chunk] || r.has(k) {
			return nil
		}
		return fmt.Errorf("%s %s is needed: %w", k.Kind, k.ID.Short(), ErrOutdated)
	}
	for _, name := range late {
		if err := r.needsOfPack(name, has); err != nil {
			return err
		}
	}
	roots, err := r.roots()
	if err != nil {
		return err
	}
	for _, root := range roots {
		_, found := r.rooted(root, func(k Content) bool { return has(k) == nil })
		if _, was := r.rooted(root, r.counts); !found && (was || !root.Optional) {
			return fmt.Errorf("%s: %w", root.Name, ErrOutdated)
		}
	}
	return nil
}

// needsOfPack visits what the records of a pack need.
func (r *collecting) needsOfPack(name string, has func(Content) error) error {
	info, err := r.store.Pack(name)
	if err != nil {
		return err
	}
	asked := map[digest.ID]bool{{}: true}
	for _, e := range info.Entries {
		if e.Kind == pack.Chunk {
			if !asked[e.Prediction] {
				asked[e.Prediction] = true
				err = has(Content{pack.Prediction, e.Prediction})
			}
		} else {
			var payload []byte
			if payload, err = r.store.Decoded(tensorstore.Location{Pack: name, Entry: e}); err == nil {
				err = directNeeds(Content{e.Kind, e.ID}, payload, r.options.Names, has)
			}
		}
		if err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
	}
	return nil
}

// mark writes down what is dead and stays for now, with the time since when.
func (r *collecting) mark() error {
	since := map[Content]uint32{} // of what is copied
	marks := map[string][]mark{}
	note := func(k Content, h held) {
		seconds := h.marked
		if seconds == 0 {
			seconds = uint32(r.options.Now.Unix())
		}
		if in := r.packs[h.pack]; !in.goes {
			marks[in.name] = append(marks[in.name], mark{seconds, h.at, h.at})
		} else if h.stays {
			since[k] = seconds
		}
	}
	for _, c := range r.records {
		if r.needs[c.chunk] != needed {
			note(Content{pack.Chunk, r.chunks[c.chunk]}, c.held)
		}
	}
	_ = r.eachObject(func(records []countedObject) error {
		for _, o := range records {
			if records[0].need != needed {
				note(o.content(), o.held)
			}
		}
		return nil
	})
	for name := range r.sealed {
		info, err := r.store.Pack(name)
		if err != nil {
			return err
		}
		for at, e := range info.Entries {
			if seconds := since[Content{e.Kind, e.ID}]; seconds != 0 {
				marks[name] = append(marks[name], mark{seconds, uint32(at), uint32(at)})
			}
		}
	}
	return writeMarks(r.store, marks)
}

// measure fills in what the packs take now.
func (r *collecting) measure() error {
	names, err := r.store.Packs()
	if err != nil {
		return err
	}
	r.done.After, r.done.PacksAfter = 0, len(names)
	for _, name := range names {
		info, err := r.store.Pack(name)
		if err != nil {
			return err
		}
		r.done.After += info.Size
	}
	return nil
}
