package upkeep

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"dits/tensorstore"
	"dits/tensorstore/pack"
)

// A crowd is so many packs of about one size that each takes a command longer to list them all than it takes once to
// make one of them. A pack of more than crowdBytes is never in one: copying takes no time that anybody waits for.
const (
	crowdPacks = 64
	crowdBytes = 1 << 20
)

// Crowd picks the packs, of those of these sizes in bytes, that [Compact] should make one: the smaller ones up to a
// crowd, sorted; none where there is none. A pack that is made of a crowd is of another size than they were, so that
// content is copied a few times only, however many packs come (as in a log-structured merge tree with size tiers).
func Crowd(sizes map[string]int64) []string {
	tier := func(size int64) int { return bits.Len64(uint64(size)) / 4 }
	count := map[int]int{}
	for _, size := range sizes {
		if size <= crowdBytes {
			count[tier(size)]++
		}
	}
	top := -1
	for t, n := range count {
		if n >= crowdPacks {
			top = max(top, t)
		}
	}
	var names []string
	for name, size := range sizes {
		if size <= crowdBytes && tier(size) <= top {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Compact makes few packs of many: each record is copied as it is, read back, and the packs it was in are deleted. A
// pack with a record that cannot be read, or that a gc has found to be dead, stays, for those have their own way.
//
// The caller sees to it that no other upkeep runs in the store; others may read and write meanwhile.
func Compact(ctx context.Context, s *tensorstore.Store, names []string) error {
	c := &compacting{store: s, sealed: map[string]bool{}, missing: map[pack.Entry]bool{}}
	marks, err := readMarks(s)
	if err != nil {
		return err
	}
	c.writer = s.Begin(tensorstore.WriterOptions{Alone: true, Sealed: func(name string) { c.sealed[name] = true }})
	defer c.writer.Close()
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if len(marks[name]) > 0 {
			continue
		}
		if err := c.copy(name); err != nil {
			return err
		}
	}
	if err := c.writer.Flush(); err != nil {
		return err
	}
	if err := c.readBack(); err != nil {
		return err
	}
	if len(c.old) <= len(c.sealed) {
		return nil
	}
	return s.Remove(c.old, c.last)
}

// A compacting is one run of Compact.
type compacting struct {
	store   *tensorstore.Store
	writer  *tensorstore.Writer
	sealed  map[string]bool // packs that it has written
	old     []string        // packs that are copied
	here    map[Content]bool
	missing map[pack.Entry]bool // records of old that were not read back yet
}

// unplaced is a record wherever it is.
func unplaced(e pack.Entry) pack.Entry {
	e.Off = 0
	return e
}

// copy copies a pack, if all of it can be read.
func (c *compacting) copy(name string) error {
	info, err := c.store.Pack(name)
	if err != nil {
		return passDamage(err)
	}
	for _, e := range info.Entries {
		if _, err := c.store.Payload(tensorstore.Location{Pack: name, Entry: e}); err != nil {
			return passDamage(err)
		}
	}
	if err := c.apart(info.Entries); err != nil {
		return err
	}
	for _, e := range info.Entries {
		if err := c.writer.Copy(tensorstore.Location{Pack: name, Entry: e}, e.Depth); err != nil {
			return err
		}
		c.here[Content{e.Kind, e.ID}] = true
		c.missing[unplaced(e)] = true
	}
	c.old = append(c.old, name)
	return nil
}

// apart begins another pack where one would have two records of a content, of which it would take one only: what needs
// the other one could then need itself.
func (c *compacting) apart(entries []pack.Entry) error {
	if c.here != nil && !slices.ContainsFunc(entries, func(e pack.Entry) bool { return c.here[Content{e.Kind, e.ID}] }) {
		return nil
	}
	c.here = map[Content]bool{}
	return c.writer.Flush()
}

// passDamage drops what is wrong with a pack that stays.
func passDamage(err error) error {
	if errors.Is(err, tensorstore.ErrCorrupt) {
		return nil
	}
	return err
}

// readBack makes sure that the new packs have all that was copied.
func (c *compacting) readBack() error {
	for name := range c.sealed {
		info, err := c.store.Pack(name)
		if err != nil {
			return err
		}
		for _, e := range info.Entries {
			if _, err := c.store.Payload(tensorstore.Location{Pack: name, Entry: e}); err != nil {
				return err
			}
			delete(c.missing, unplaced(e))
		}
	}
	for e := range c.missing {
		return fmt.Errorf("%s %s: is not in the new packs", e.Kind, e.ID)
	}
	c.old = slices.DeleteFunc(c.old, func(name string) bool { return c.sealed[name] }) // was one of its own before
	return nil
}

// last makes sure that the new packs are still there.
func (c *compacting) last() error {
	names, err := c.store.Packs()
	if err != nil {
		return err
	}
	for name := range c.sealed {
		if _, found := slices.BinarySearch(names, name); !found {
			return fmt.Errorf("pack %s is gone: %w", name, ErrOutdated)
		}
	}
	return nil
}
