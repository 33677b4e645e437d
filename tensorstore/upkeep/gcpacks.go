package upkeep

import (
	"cmp"
	"errors"
	"slices"

	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// spare is the share of all that stays, 1 in so many, that may be dead and left in its packs: with what a pack
// takes itself, packs are not over 1.05 of what they would be without.
const spare = 25

// decide says which packs go: those of which nothing stays, those that are written anew for what is dead in them,
// small ones that make fewer together, and those with a dead record that lacks what it needs, for a writer may come
// to rely on what it finds in a store.
func (p *GCPlan) decide() error {
	p.dropDead()
	for _, r := range p.records {
		if !r.stays && p.lastChoice(r) == 1 && !p.packs[r.pack].young {
			p.packs[r.pack].goes = true // or the next plan would find it to be the better one
		}
	}
	p.mergeSmall()
	for {
		more, err := p.dropLacking()
		if err != nil || !more {
			return err
		}
		p.mergeSmall()
	}
}

func (p *GCPlan) dropDead() {
	var staying, dying int64
	var partly []int
	for i, in := range p.packs {
		staying += in.staying
		switch {
		case in.young || in.dying == 0:
		case in.staying == 0:
			p.packs[i].goes = true
		default:
			partly = append(partly, i)
			dying += in.dying
		}
	}
	allowed := staying / spare
	if p.options.Grace <= 0 {
		allowed = 0
	}
	share := func(i int) float64 { return float64(p.packs[i].dying) / float64(p.packs[i].size) }
	slices.SortFunc(partly, func(a, b int) int { return cmp.Compare(share(b), share(a)) })
	for _, i := range partly {
		if dying <= allowed && p.packs[i].dying < p.packs[i].staying {
			break // of all others still more stays
		}
		p.packs[i].goes = true
		dying -= p.packs[i].dying
	}
}

// mergeSmall lets small packs go where packs are written anyway, or where that makes fewer of them for sure.
func (p *GCPlan) mergeSmall() {
	full := p.store.Options().PackBytes
	writes := slices.ContainsFunc(p.packs, func(in countedPack) bool { return in.goes && in.staying > 0 })
	var small []int
	var bytes int64
	for i, in := range p.packs {
		if !in.goes && !in.young && in.size < full/smallShare {
			small = append(small, i)
			bytes += in.size
		}
	}
	if len(small) == 0 || !writes && int64(len(small)) <= 2+2*bytes/full {
		return
	}
	for _, i := range small {
		p.packs[i].goes = true
	}
}

// here says that a record is there when the packs that go are gone.
func (c *census) here(r held) bool { return r.stays || !c.packs[r.pack].goes }

// hasObject says that a content is there then.
func (c *census) hasObject(k Content) bool {
	return slices.ContainsFunc(c.object(k), func(o countedObject) bool { return c.here(o.held) })
}

// hasChunk is the same of a chunk.
func (c *census) hasChunk(id digest.ID) bool {
	n, found := c.chunk(id)
	return found && slices.ContainsFunc(c.recordsOf(n), func(r countedChunk) bool { return c.here(r.held) })
}

func (c *census) has(k Content) bool {
	switch k.Kind {
	case pack.Chunk:
		return c.hasChunk(k.ID)
	case pack.Blob:
		return c.hasObject(k) || c.hasChunk(k.ID)
	}
	return c.hasObject(k)
}

// dropLacking lets packs go that have a dead record which lacks what it needs.
func (p *GCPlan) dropLacking() (more bool, err error) {
	lacks := make([]bool, len(p.predictions))
	for i, id := range p.predictions {
		lacks[i] = !p.hasObject(Content{pack.Prediction, id})
	}
	for _, r := range p.records {
		if in := &p.packs[r.pack]; !r.stays && !in.goes && !in.young && r.prediction > 0 && lacks[r.prediction-1] {
			in.goes, more = true, true
		}
	}
	for _, o := range p.objects {
		in := &p.packs[o.pack]
		if o.stays || in.goes || in.young {
			continue
		}
		payload, err := p.store.Decoded(o.Location)
		if err == nil {
			err = directNeeds(o.content(), payload, p.options.Names, func(k Content) error {
				if !p.has(k) {
					in.goes, more = true, true
				}
				return nil
			})
		}
		if isAbsent(err) {
			in.goes, more = true, true // a dead record that cannot be read
		} else if err != nil {
			return false, err
		}
	}
	return more, nil
}

// expect says what the packs take when the plan has been run.
func (p *GCPlan) expect() {
	d := &p.done
	d.PacksBefore = len(p.packs)
	for _, in := range p.packs {
		d.Before += in.size
		switch {
		case in.goes:
			d.Copied += in.staying
		default:
			d.After += in.size
			d.PacksAfter++
			if !in.young {
				d.Kept += in.dying
			}
		}
	}
	d.After += d.Copied
	if d.Copied > 0 {
		d.PacksAfter += int(1 + d.Copied/p.store.Options().PackBytes)
	}
}

// directNeeds visits what a record that is no chunk needs.
func directNeeds(k Content, payload []byte, names Names, visit func(Content) error) error {
	var needs []Content
	switch k.Kind {
	case pack.Blob:
		chunks, err := tensorstore.ListedChunks(k.ID, payload)
		if err != nil {
			return errors.Join(tensorstore.ErrCorrupt, err)
		}
		for _, c := range chunks {
			needs = append(needs, Content{pack.Chunk, c.ID})
		}
	case pack.Prediction:
		blobs, err := blobsOf(payload)
		if err != nil {
			return err
		}
		for _, id := range blobs {
			needs = append(needs, Content{pack.Blob, id})
		}
	default:
		named, err := names(k, payload)
		if err != nil {
			return err
		}
		needs = named
	}
	for _, n := range needs {
		if err := visit(n); err != nil {
			return err
		}
	}
	return nil
}
