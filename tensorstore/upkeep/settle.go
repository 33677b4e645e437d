package upkeep

import (
	"context"

	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// settle takes over the drafts that save enough together, and leaves what was as it is
// where they do not.
func (f *family) settle(ctx context.Context, drafts []*draft) error {
	if len(drafts) == 0 {
		return nil
	}
	forced, before := f.tooDeep(), f.depths()
	for _, d := range drafts {
		d.oldNeeds = f.r.graph.needs[d.Blob]
		f.r.graph.set(d.Blob, d.sources)
	}
	taken := f.better(drafts, before)
	var old, new int64
	for _, d := range taken {
		old, new = old+d.stored, new+d.bytes
	}
	if !f.sound(before) || !forced && !worthwhile(new, old) {
		for _, d := range taken {
			f.r.graph.set(d.Blob, d.oldNeeds)
		}
		return nil
	}
	for _, d := range taken {
		if err := f.r.take(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// better leaves out the drafts that are no gain, or too little of one where nothing else
// moves, and that no other draft depends on.
func (f *family) better(drafts []*draft, before map[digest.ID]int) (taken []*draft) {
	for _, d := range drafts {
		if d.moves && d.bytes < d.stored || worthwhile(d.bytes, d.stored) {
			taken = append(taken, d)
			continue
		}
		f.r.graph.set(d.Blob, d.oldNeeds)
		if !f.sound(before) {
			f.r.graph.set(d.Blob, d.sources)
			taken = append(taken, d)
		}
	}
	return taken
}

// depths are those of the members and of all blobs that need one.
func (f *family) depths() map[digest.ID]int {
	all := map[digest.ID]bool{}
	for _, m := range f.members {
		all[m.Blob] = true
		f.r.graph.above(m.Blob, all)
	}
	depths := make(map[digest.ID]int, len(all))
	for b := range all {
		if d, err := f.r.graph.depth(b); err == nil {
			depths[b] = d
		}
	}
	return depths
}

// sound says that no blob needs itself, that no member is too deep, and no other blob
// deeper than is asked for, or than it was before.
func (f *family) sound(before map[digest.ID]int) bool {
	for b, was := range before {
		limit := max(was, f.r.options.Depth)
		if i, member := f.place[b]; member {
			limit = f.forest.limits[i]
		}
		if d, err := f.r.graph.depth(b); err != nil || d > limit {
			return false
		}
	}
	return true
}

// take makes the records of a draft those of its tensor, and writes them unless this is
// a dry run.
func (r *repacking) take(ctx context.Context, d *draft) error {
	r.done.Recoded++
	depth := uint8(0)
	if d.object.Payload != nil {
		p := d.plan.Prediction()
		r.predictions[d.object.ID] = needs{sources: p.Blobs(), specific: p.Elements > 0 || len(p.Blobs()) > 0}
		var err error
		if depth, err = r.graph.recordDepth(d.object.ID); err != nil {
			return err
		}
		if !r.options.DryRun {
			if err := r.writer.PutObject(pack.Prediction, d.object.ID, d.object.Payload); err != nil {
				return err
			}
		}
	}
	r.coded += d.bytes
	if r.options.Taken != nil {
		r.options.Taken(d.moved())
	}
	for i, rec := range d.records {
		if !rec.Prediction.IsZero() {
			d.records[i].Depth = depth
		}
		r.best[key{pack.Chunk, rec.ID}] = tensorstore.Location{Entry: d.records[i].Entry}
	}
	if r.options.DryRun {
		return nil
	}
	return r.write(ctx, d)
}

// moved is what the draft is for its tensor.
func (d *draft) moved() Moved {
	m := Moved{Blob: d.Blob, Was: d.stored, Now: d.bytes}
	if p := d.plan.Prediction(); p != nil && d.object.Payload != nil {
		m.Source, _ = p.Root()
	}
	return m
}

// write appends the records of a draft; those whose payload was not kept are coded again.
func (r *repacking) write(ctx context.Context, d *draft) error {
	again := *d
	again.chunks = nil
	for i, rec := range d.records {
		if rec.payload == nil && rec.Len > 0 {
			again.chunks = append(again.chunks, d.chunks[i])
			continue
		}
		if err := r.writer.PutChunk(rec.Entry, rec.payload); err != nil {
			return err
		}
	}
	if len(again.chunks) == 0 {
		return nil
	}
	m := *d.member
	m.chunks = again.chunks
	again.member = &m
	return again.each(ctx, r, func(_ int, rec drafted) error {
		rec.Depth = r.best[key{pack.Chunk, rec.ID}].Depth
		return r.writer.PutChunk(rec.Entry, rec.payload)
	})
}
