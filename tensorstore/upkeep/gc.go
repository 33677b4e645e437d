package upkeep

import (
	"context"
	"errors"
	"time"

	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/pack"
)

// ErrOutdated means that the store or the roots have changed since a plan was made, so that it may not be run.
var ErrOutdated = errors.New("the store changed since it was looked at")

// GCOptions of [PlanGC].
type GCOptions struct {
	// Grace is how long what is dead stays, from when it was found to be dead, and how old a pack is before anything
	// of it goes. Without it all that is dead goes at once, and packs are written anew for the least of it.
	Grace time.Duration
	Now   time.Time // zero: now
	Names Names     // what commits, trees, tags and manifests name

	Progress Progress // of the planning; nil: none

	avoid map[digest.ID]bool // predictions whose records go where a chunk has another
}

// A Progress is told how far long work is: of each pass over so many bytes.
type Progress interface {
	Start(pass string, total int64)
	Add(bytes int64)
	Done()
}

type noProgress struct{}

func (noProgress) Start(string, int64) {}
func (noProgress) Add(int64)           {}
func (noProgress) Done()               {}

// A Root is needed for itself.
type Root struct {
	Name     string // for people: what needs it
	ID       digest.ID
	Kinds    []pack.Kind // the first of which the store has it
	Optional bool        // it may be gone
}

// A GCPlan says what is dead in a store, and which packs go and are written anew to be rid of it.
type GCPlan struct {
	*census
	Sources []Source // kept for what is decoded from them alone

	options GCOptions
	roots   func() ([]Root, error)
	done    GC
}

// GC is what a plan finds, or its run did. Bytes are those of records in packs.
type GC struct {
	Before, After           int64 // bytes of all packs; After of a plan is what is expected
	PacksBefore, PacksAfter int
	Copied                  int64     // bytes of records that are in new packs
	Doubled                 int64     // bytes of records of which there is another
	Kept                    int64     // bytes of dead records in packs that it does not pay to write anew
	Marked                  int64     // bytes that are dead, and whose time has not come
	Next                    time.Time // when the time of the first of these comes; zero: there is none
}

// PlanGC finds what no root needs, by reading all that roots need but chunks. Roots are asked for again when the plan
// is run. It refuses where what a root needs is not there or cannot be read, or a pack cannot: what is needed is not
// known then.
func PlanGC(ctx context.Context, s *tensorstore.Store, roots func() ([]Root, error), o GCOptions) (*GCPlan, error) {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.Progress == nil {
		o.Progress = noProgress{}
	}
	if err := s.Refresh(); err != nil {
		return nil, err
	}
	youngAfter := o.Now.Add(-o.Grace)
	if o.Grace <= 0 {
		youngAfter = o.Now.AddDate(1, 0, 0)
	}
	c, err := newCensus(ctx, s, youngAfter, o.Progress)
	if err != nil {
		return nil, err
	}
	c.avoid(o.avoid)
	p := &GCPlan{census: c, options: o, roots: roots}
	if err := p.weigh(ctx); err != nil {
		return nil, err
	}
	p.sum()
	if err := p.decide(); err != nil {
		return nil, err
	}
	p.expect()
	return p, nil
}

// weigh finds what is needed, and of the rest what waits.
func (p *GCPlan) weigh(ctx context.Context) error {
	roots, err := p.roots()
	if err != nil {
		return err
	}
	p.options.Progress.Start("looking for what is needed", p.objectBytes())
	defer p.options.Progress.Done()
	w := &walk{census: p.census, ctx: ctx, names: p.options.Names, need: needed, looked: p.options.Progress.Add}
	for _, root := range roots {
		if err := w.start(root); err != nil {
			return err
		}
	}
	if err := w.run(); err != nil {
		return err
	}
	p.Sources = w.sources
	marks, err := readMarks(p.store)
	if err != nil {
		return err
	}
	p.recall(marks)
	w = &walk{census: p.census, ctx: ctx, names: p.options.Names, need: waiting, looked: p.options.Progress.Add}
	if err := p.wait(w); err != nil {
		return err
	}
	return w.run()
}

// objectBytes is what is read of the packs where all is needed.
func (c *census) objectBytes() (n int64) {
	for _, o := range c.objects {
		n += o.Len
	}
	return n
}

// wait starts a walk from what is dead and waits, and from all that is in young packs: these stay as they are, and
// so stays what their records need.
func (p *GCPlan) wait(w *walk) error {
	err := p.eachObject(func(records []countedObject) error {
		if records[0].need == unneeded && p.waits(objectsHeld(records)) {
			w.want(records[0].content(), Content{})
		}
		return nil
	})
	for n := range p.chunks {
		records := p.recordsOf(n)
		blob := Content{pack.Blob, p.chunks[n]}
		if p.needs[n] == unneeded && p.waits(chunksHeld(records)) {
			w.keep(n, blob)
		}
		for _, r := range records {
			if p.packs[r.pack].young {
				w.uses(r, blob)
			}
		}
	}
	return err
}

// waits says that a dead content stays for now: a record of it is in a young pack, or was not marked long ago.
func (p *GCPlan) waits(records func(func(held) bool)) bool {
	return p.latest(records).After(p.options.Now)
}

// due is when the time of a dead record comes: as long after it was marked, and after its pack was sealed.
func (p *GCPlan) due(r held) time.Time {
	since := p.options.Now
	if r.marked != 0 {
		since = time.Unix(int64(r.marked), 0)
	}
	if in := p.packs[r.pack]; in.young && in.sealed.After(since) {
		since = in.sealed
	}
	return since.Add(p.options.Grace)
}

func objectsHeld(records []countedObject) func(func(held) bool) {
	return func(yield func(held) bool) {
		for _, r := range records {
			if !yield(r.held) {
				return
			}
		}
	}
}

func chunksHeld(records []countedChunk) func(func(held) bool) {
	return func(yield func(held) bool) {
		for _, r := range records {
			if !yield(r.held) {
				return
			}
		}
	}
}

// sum adds up what each pack holds that stays, and what is dead.
func (p *GCPlan) sum() {
	add := func(r held, n need, bytes int64) {
		in := &p.packs[r.pack]
		if r.stays || in.young {
			in.staying += bytes
		} else {
			in.dying += bytes
			if n != unneeded {
				p.done.Doubled += bytes
			}
		}
		if n == needed || !r.stays && !in.young {
			return
		}
		p.done.Marked += bytes
		if due := p.due(r); p.done.Next.IsZero() || due.Before(p.done.Next) {
			p.done.Next = due
		}
	}
	_ = p.eachObject(func(records []countedObject) error {
		for _, r := range records {
			add(r.held, records[0].need, takes(r.Len))
		}
		return nil
	})
	for _, r := range p.records {
		add(r.held, p.needs[r.chunk], takes(int64(r.len)))
	}
}

// Found is what the plan finds, and what it expects.
func (p *GCPlan) Found() GC { return p.done }

// A Dead content is one that no root needs.
type Dead struct {
	Content
	Bytes int64     // that its records take
	Due   time.Time // when its time comes, not before the next run; zero: it goes
}

// EachDead visits what is dead but chunks, of one kind. What stays in packs that it does not pay to write anew is
// passed over.
func (p *GCPlan) EachDead(kind pack.Kind, visit func(Dead) error) error {
	return p.eachObject(func(records []countedObject) error {
		if records[0].Kind != kind || records[0].need == needed {
			return nil
		}
		d := Dead{Content: records[0].content()}
		for _, r := range records {
			d.Bytes += takes(r.Len)
		}
		if records[0].need == waiting {
			d.Due = p.latest(objectsHeld(records))
		} else if p.lingers(objectsHeld(records)) {
			return nil
		}
		return visit(d)
	})
}

// IsDead says that no root needs a content which is no chunk, though the store has it.
func (p *GCPlan) IsDead(k Content) bool {
	records := p.object(k)
	return len(records) > 0 && records[0].need != needed
}

// DeadBytes is what all dead contents take that go or wait.
func (p *GCPlan) DeadBytes() (n int64) {
	_ = p.eachObject(func(records []countedObject) error {
		if d := records[0].need; d == waiting || d == unneeded && !p.lingers(objectsHeld(records)) {
			for _, r := range records {
				n += takes(r.Len)
			}
		}
		return nil
	})
	for i, need := range p.needs {
		if records := p.recordsOf(i); need == waiting || need == unneeded && !p.lingers(chunksHeld(records)) {
			for _, r := range records {
				n += takes(int64(r.len))
			}
		}
	}
	return n
}

// latest is when the time of all records of a content has come.
func (p *GCPlan) latest(records func(func(held) bool)) (t time.Time) {
	for r := range records {
		if due := p.due(r); due.After(t) {
			t = due
		}
	}
	return t
}

// lingers says that a record stays in its pack, dead as it may be.
func (p *GCPlan) lingers(records func(func(held) bool)) bool {
	for r := range records {
		if !p.packs[r.pack].goes {
			return true
		}
	}
	return false
}

// DeadBlob is what of a blob is dead, with its chunks: the bytes that these take, and whether that goes now. No bytes
// are dead of one that is needed.
func (p *GCPlan) DeadBlob(id digest.ID) (d Dead, err error) {
	d.Content = Content{pack.Blob, id}
	lists := p.object(d.Content)
	chunks := []tensorstore.Span{{ID: id}}
	if len(lists) > 0 {
		if lists[0].need == needed {
			return d, nil
		}
		payload, err := p.store.Decoded(lists[0].Location)
		if err != nil {
			return d, err
		}
		if chunks, err = tensorstore.ListedChunks(id, payload); err != nil {
			return d, err
		}
	}
	for _, c := range chunks {
		n, found := p.chunk(c.ID)
		if !found || p.needs[n] == needed {
			continue
		}
		for _, r := range p.recordsOf(n) {
			d.Bytes += takes(int64(r.len))
		}
		if p.needs[n] == waiting {
			if due := p.latest(chunksHeld(p.recordsOf(n))); due.After(d.Due) {
				d.Due = due
			}
		}
	}
	return d, nil
}
