package upkeep

import (
	"context"
	"maps"
	"slices"

	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// smallShare is the share of a full pack under which a pack is small: 16 MiB of 128.
const smallShare = 8

// A supersession is the packs that are to go, and the bytes of each that are not kept.
type supersession map[string]int64

// names are those of the packs, sorted.
func (o supersession) names() []string { return slices.Sorted(maps.Keys(o)) }

// superseded finds the packs with a record that is not the one of its content or whose
// depth is not right any more, and small ones that can be merged.
func (r *repacking) superseded() (supersession, error) {
	old := supersession{}
	needed := map[digest.ID]bool{}
	for k, loc := range r.best {
		if k.kind == pack.Chunk {
			needed[loc.Prediction] = true
		}
	}
	for k, loc := range r.best {
		if k.kind != pack.Prediction || needed[k.id] || !r.used[k.id] {
			continue // one that nothing has named may be of a writer that is not done
		}
		if n, err := r.needs(k.id); err == nil && n.specific {
			loc.Pack = ""
			r.best[k] = loc
		}
	}
	for name, p := range r.packs {
		for _, e := range p.entries {
			loc := r.best[key{e.Kind, e.ID}]
			if loc.Pack != name || loc.Off != e.Off {
				old[name] += e.Len + choose.RecordBytes
			} else if _, stale := r.rightDepth(e); stale {
				old[name] += 0
			}
		}
	}
	r.addSmall(old)
	return old, nil
}

// rightDepth is the depth of a chunk's record now, and whether the record says another.
func (r *repacking) rightDepth(e pack.Entry) (uint8, bool) {
	if e.Kind != pack.Chunk {
		return e.Depth, false
	}
	depth, err := r.graph.recordDepth(e.Prediction)
	if err != nil {
		return e.Depth, false // what cannot be read stays as it is
	}
	return depth, depth != e.Depth
}

// addSmall adds the small packs when packs are written anyway, or when merging makes
// fewer of them for sure.
func (r *repacking) addSmall(old supersession) {
	var small []string
	var bytes, objects int64
	for name, p := range r.packs {
		if _, going := old[name]; !going && p.size < r.store.Options().PackBytes/smallShare {
			small = append(small, name)
			bytes += p.size
			objects += p.objects
		}
	}
	atMost := 1 + bytes/r.store.Options().PackBytes + objects/tensorstore.SealObjects
	if len(old) == 0 && atMost >= int64(len(small)) {
		return
	}
	for _, name := range small {
		old[name] += 0
	}
}

// expected is what a dry run expects the packs to take, and how many there would be.
func (r *repacking) expected(old supersession) (bytes int64, packs int) {
	var going, gone int64
	for name, dead := range old {
		going += r.packs[name].size
		gone += dead
	}
	packs = len(r.packs) - len(old)
	if left := going - gone + r.coded; left > 0 {
		packs += int(1 + left/r.store.Options().PackBytes)
	}
	return r.done.Before - gone + r.coded, min(packs, len(r.packs)+1)
}

// rewrite copies all records that are kept out of the packs that go.
func (r *repacking) rewrite(ctx context.Context, old supersession) error {
	for _, name := range old.names() {
		for _, e := range r.packs[name].entries {
			if err := ctx.Err(); err != nil {
				return context.Cause(ctx)
			}
			if loc := r.best[key{e.Kind, e.ID}]; loc.Pack != name || loc.Off != e.Off {
				continue
			}
			depth, _ := r.rightDepth(e)
			if err := r.writer.Copy(tensorstore.Location{Pack: name, Entry: e}, depth); err != nil {
				return err
			}
		}
	}
	return r.writer.Flush()
}
