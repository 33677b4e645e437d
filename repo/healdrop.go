package repo

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"dits/catalog"
	"dits/tensorstore"
	"dits/tensorstore/pack"
)

// A dropping is the packs that go because of damaged records in them.
type dropping struct {
	*healing
	bad map[string]map[int64]bool // damaged records, by pack and offset
	out []string                  // packs of which all damaged records can go
}

// drop lets go of damaged records whose content has another record: what is good of their packs is copied and
// read back before those go. A pack with a damaged record that nothing makes up for stays: a good copy of it may turn up.
func (h *healing) drop(ctx context.Context) error {
	d := &dropping{healing: h, bad: map[string]map[int64]bool{}}
	if err := h.Store.Refresh(); err != nil {
		return err
	}
	if err := d.find(ctx); err != nil || len(d.out) == 0 {
		return errors.Join(err, d.putPacksAside())
	}
	w := h.Store.Begin(tensorstore.WriterOptions{Alone: true})
	defer w.Close()
	for _, name := range d.out {
		if err := d.each(ctx, name, func(loc tensorstore.Location) error { return w.Copy(loc, loc.Depth) }); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := h.Store.Remove(d.out, func() error { return d.check(ctx) }); err != nil {
		return err
	}
	for _, name := range d.out {
		records := "records"
		if len(d.bad[name]) == 1 {
			records = "record"
		}
		h.told(fmt.Sprintf("wrote pack %s anew without %d damaged %s", name, len(d.bad[name]), records))
	}
	return d.putPacksAside()
}

// each visits the records of a pack that are not damaged.
func (d *dropping) each(ctx context.Context, name string, visit func(tensorstore.Location) error) error {
	p, err := d.Store.Pack(name)
	if err != nil {
		return err
	}
	for _, e := range p.Entries {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if d.bad[name][e.Off] {
			continue
		}
		if err := visit(tensorstore.Location{Pack: name, Entry: e}); err != nil {
			return err
		}
	}
	return nil
}

// find decodes every record, and decides which packs go.
func (d *dropping) find(ctx context.Context) error {
	names, err := d.Store.Index().Packs()
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		if _, err := d.Store.Pack(name); errors.Is(err, tensorstore.ErrCorrupt) {
			continue // see putPacksAside
		}
		err := d.each(ctx, name, func(loc tensorstore.Location) error {
			err := d.Store.VerifyRecord(loc)
			if errors.Is(err, tensorstore.ErrCorrupt) || errors.Is(err, tensorstore.ErrUnknown) {
				if d.bad[name] == nil {
					d.bad[name] = map[int64]bool{}
				}
				d.bad[name][loc.Off] = true
				return nil
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	for name, bad := range d.bad {
		p, err := d.Store.Pack(name)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(p.Entries, func(e pack.Entry) bool { return bad[e.Off] && !d.madeUpFor(e) }) {
			d.out = append(d.out, name)
		}
	}
	slices.Sort(d.out)
	return nil
}

// madeUpFor says that nobody misses a damaged record: its content has another, or it is a prediction that only
// records name whose content has another.
func (d *dropping) madeUpFor(e pack.Entry) bool {
	if e.Kind == pack.Chunk {
		_, err := d.Store.Chunk(e.ID)
		return err == nil
	}
	if _, err := d.Store.Object(e.Kind, e.ID); err == nil || e.Kind != pack.Prediction {
		return err == nil
	}
	missed := errors.New("missed")
	return d.Catalog.Each(pack.Chunk, func(rec catalog.Record) error {
		if rec.Prediction != e.ID {
			return nil
		}
		if _, err := d.Store.Chunk(rec.ID); err != nil {
			return missed
		}
		return nil
	}) == nil
}

// check reads what was good in the packs that go from where it is now, as if they were gone.
func (d *dropping) check(ctx context.Context) error {
	s := d.Store.Without(d.out)
	for _, name := range d.out {
		err := d.each(ctx, name, func(loc tensorstore.Location) error {
			if loc.Kind == pack.Chunk {
				_, err := s.Chunk(loc.ID)
				return err
			}
			_, err := s.Object(loc.Kind, loc.ID)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// putPacksAside renames packs whose index cannot be read, if nothing that is named lies in them alone.
func (d *dropping) putPacksAside() error {
	names, err := d.Store.Packs()
	if err != nil {
		return err
	}
	var broken []string
	for _, name := range names {
		if _, err := d.Store.Pack(name); errors.Is(err, tensorstore.ErrCorrupt) {
			broken = append(broken, name)
		}
	}
	if len(broken) == 0 {
		return nil
	}
	if err := d.rename(broken, "", asideExt); err != nil {
		return err
	}
	missed, err := d.missesAny()
	if err != nil || missed {
		return errors.Join(err, d.rename(broken, asideExt, ""))
	}
	for _, name := range broken {
		d.told(fmt.Sprintf("put pack %s aside, as %s: nothing is missed of it", name, name+pack.Ext+asideExt))
	}
	return nil
}

// asideExt is added to the name of a pack that is put aside.
const asideExt = ".damaged"

// rename changes what packs have after their name, and makes the catalog agree.
func (d *dropping) rename(packs []string, from, to string) error {
	dir := filepath.Join(d.StoreDir, "packs")
	for _, name := range packs {
		path := pack.Path(dir, name)
		if err := d.FS.Rename(path+from, path+to); err != nil {
			return err
		}
	}
	return errors.Join(d.FS.SyncDir(dir), d.Store.Refresh())
}

// missesAny says that something that is named, or something that is needed to decode, is not known.
func (d *dropping) missesAny() (bool, error) {
	lost := false
	c := newChecking(d.Repo, FsckOptions{Report: func(error) { lost = true }})
	c.references()
	err := c.predictions()
	return lost, err
}
