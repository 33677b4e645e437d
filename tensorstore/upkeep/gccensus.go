package upkeep

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	"dits/tensorstore"
	"dits/tensorstore/choose"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// A Content is what records hold: of a kind, by its name.
type Content struct {
	Kind pack.Kind
	ID   digest.ID
}

func compareContents(a, b Content) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), bytes.Compare(a.ID[:], b.ID[:]))
}

// A need says how much a content is needed.
type need uint8

const (
	unneeded need = iota
	waiting       // by nothing but what waits for its time to go, or lies in a young pack
	needed        // by a root
)

// A census is what all packs of a store hold, in tables of some 100 bytes a chunk: a store has millions of them.
// Objects are few.
type census struct {
	store   *tensorstore.Store
	packs   []countedPack
	objects []countedObject // by content, and of one content as readers take them
	chunks  []digest.ID     // ascending
	needs   []need          // of each chunk
	first   []uint32        // of each chunk: its first record, and their number at the end
	records []countedChunk  // by chunk, and of one chunk as readers take them

	predictions []digest.ID // that chunks name
	asked       []need      // of each of these: by which walk it was asked for
	avoided     []bool      // of each of these: its records go where a chunk has another; nil: none
}

// A countedPack is a pack of a census.
type countedPack struct {
	name           string
	size           int64
	records        int
	sealed         time.Time
	young          bool // it is left alone
	goes           bool
	staying, dying int64 // bytes of records that are kept, and that are not
}

// A held record is one in a pack.
type held struct {
	pack, at uint32 // number of the pack, and of the record in it
	marked   uint32 // seconds since 1970 when it was found to be dead; 0: it was not
	stays    bool   // its content is kept by this record
}

// A countedObject is a record that is no chunk.
type countedObject struct {
	held
	need need // of the content; in the first of its records
	tensorstore.Location
}

// A countedChunk is the record of a chunk.
type countedChunk struct {
	held
	chunk, len uint32 // number of the chunk; bytes stored
	prediction uint32 // 1 + its number; 0: none
	depth      uint8
}

// takes is the bytes of a pack that a record of n bytes takes.
func takes(n int64) int64 { return n + choose.RecordBytes }

func (o countedObject) content() Content { return Content{o.Kind, o.ID} }

// newCensus reads the indexes of all packs. Those that were sealed after a time are young.
func newCensus(ctx context.Context, s *tensorstore.Store, youngAfter time.Time, p Progress) (*census, error) {
	c := &census{store: s}
	total, err := c.list(youngAfter)
	if err != nil {
		return nil, err
	}
	p.Start("reading packs", total)
	defer p.Done()
	var ids []digest.ID // of the chunk of each record
	numbers := map[digest.ID]uint32{}
	for i := range c.packs {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		in := &c.packs[i]
		info, err := s.Pack(in.name)
		if err != nil {
			return nil, fmt.Errorf("what is needed is not known while a pack cannot be read: %w", err)
		}
		in.records = len(info.Entries)
		ids = c.count(uint32(i), info.Entries, ids, numbers)
		p.Add(in.size)
	}
	c.sort(ids)
	return c, nil
}

// list lists the packs, and returns the bytes of all.
func (c *census) list(youngAfter time.Time) (total int64, err error) {
	names, err := c.store.Packs()
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		file, err := c.store.Stat(name)
		if err != nil {
			return 0, err
		}
		c.packs = append(c.packs, countedPack{name: name, size: file.Size(), sealed: file.ModTime(),
			young: file.ModTime().After(youngAfter)})
		total += file.Size()
	}
	return total, nil
}

// count adds the records of a pack.
func (c *census) count(in uint32, entries []pack.Entry, ids []digest.ID, numbers map[digest.ID]uint32) []digest.ID {
	for i, e := range entries {
		h := held{pack: in, at: uint32(i)}
		if e.Kind != pack.Chunk {
			loc := tensorstore.Location{Pack: c.packs[in].name, Entry: e}
			c.objects = append(c.objects, countedObject{held: h, Location: loc})
			continue
		}
		r := countedChunk{held: h, len: uint32(e.Len), depth: e.Depth}
		if !e.Prediction.IsZero() {
			n, known := numbers[e.Prediction]
			if !known {
				c.predictions = append(c.predictions, e.Prediction)
				n = uint32(len(c.predictions))
				numbers[e.Prediction] = n
			}
			r.prediction = n
		}
		c.records = append(c.records, r)
		ids = append(ids, e.ID)
	}
	return ids
}

// sort numbers the chunks, ids being those of the records, and orders all tables.
func (c *census) sort(ids []digest.ID) {
	c.chunks = slices.Clone(ids)
	slices.SortFunc(c.chunks, func(a, b digest.ID) int { return bytes.Compare(a[:], b[:]) })
	c.chunks = slices.Clip(slices.Compact(c.chunks))
	c.needs, c.asked = make([]need, len(c.chunks)), make([]need, len(c.predictions))
	for i, id := range ids {
		n, _ := c.chunk(id)
		c.records[i].chunk = uint32(n)
	}
	// What is in a young pack stays there: no other record of it has to be copied.
	slices.SortFunc(c.records, func(a, b countedChunk) int {
		return cmp.Or(cmp.Compare(a.chunk, b.chunk), cmp.Compare(a.depth, b.depth), cmp.Compare(a.len, b.len),
			c.byPlace(a.held, b.held))
	})
	slices.SortFunc(c.objects, func(a, b countedObject) int {
		return cmp.Or(compareContents(a.content(), b.content()), cmp.Compare(a.Len, b.Len), c.byPlace(a.held, b.held))
	})
	c.first = make([]uint32, len(c.chunks)+1)
	for i := len(c.records) - 1; i >= 0; i-- {
		c.first[c.records[i].chunk] = uint32(i)
	}
	c.first[len(c.chunks)] = uint32(len(c.records))
}

// byPlace orders records that cost the same.
func (c *census) byPlace(a, b held) int {
	old := func(h held) int {
		if c.packs[h.pack].young {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(old(a), old(b)), cmp.Compare(a.pack, b.pack), cmp.Compare(a.at, b.at))
}

// avoid makes records that name some predictions the last of their chunks.
func (c *census) avoid(predictions map[digest.ID]bool) {
	if len(predictions) == 0 {
		return
	}
	c.avoided = make([]bool, len(c.predictions))
	for i, id := range c.predictions {
		c.avoided[i] = predictions[id]
	}
	for n := range c.chunks {
		slices.SortStableFunc(c.recordsOf(n), func(a, b countedChunk) int {
			return cmp.Compare(c.lastChoice(a), c.lastChoice(b))
		})
	}
}

// lastChoice is 1 for a record that is to go where its chunk has another.
func (c *census) lastChoice(r countedChunk) int {
	if c.avoided != nil && r.prediction > 0 && c.avoided[r.prediction-1] {
		return 1
	}
	return 0
}

// chunk is the number of a chunk.
func (c *census) chunk(id digest.ID) (n int, found bool) {
	return slices.BinarySearchFunc(c.chunks, id, func(a, b digest.ID) int { return bytes.Compare(a[:], b[:]) })
}

// recordsOf are the records of chunk n.
func (c *census) recordsOf(n int) []countedChunk { return c.records[c.first[n]:c.first[n+1]] }

// object are the records of what is no chunk.
func (c *census) object(k Content) []countedObject {
	from := sort.Search(len(c.objects), func(i int) bool { return compareContents(c.objects[i].content(), k) >= 0 })
	to := from
	for to < len(c.objects) && c.objects[to].content() == k {
		to++
	}
	return c.objects[from:to]
}

// eachObject visits the records of each content that is no chunk.
func (c *census) eachObject(visit func([]countedObject) error) error {
	for i := 0; i < len(c.objects); {
		to := i + 1
		for to < len(c.objects) && c.objects[to].content() == c.objects[i].content() {
			to++
		}
		if err := visit(c.objects[i:to]); err != nil {
			return err
		}
		i = to
	}
	return nil
}

// location is where a record of a chunk lies.
func (c *census) location(r countedChunk) (tensorstore.Location, error) {
	name := c.packs[r.pack].name
	info, err := c.store.Pack(name)
	if err != nil {
		return tensorstore.Location{}, err
	}
	return tensorstore.Location{Pack: name, Entry: info.Entries[r.at]}, nil
}
