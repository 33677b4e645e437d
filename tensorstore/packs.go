package tensorstore

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"dits/tensorstore/pack"
)

// openPacks opens packs when they are first needed and keeps the last ones open.
type openPacks struct {
	dir   string
	max   int // that stay open while nobody reads them
	mu    sync.Mutex
	open  map[string]*openPack
	order []*openPack // the one used longest ago first
}

// An openPack is open while it is listed, or somebody reads it.
type openPack struct {
	*pack.Reader
	name  string
	users int
	gone  bool // from the list; the last user closes it
}

func newOpenPacks(dir string) *openPacks {
	return &openPacks{dir: dir, max: openAtOnce, open: map[string]*openPack{}}
}

// get returns the pack of that name, open and checked. The caller gives it back by put.
// A pack that is not there is an fs.ErrNotExist, any other that cannot be read [ErrCorrupt].
func (p *openPacks) get(name string) (*openPack, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.open[name]
	if o == nil {
		r, err := pack.Open(p.path(name))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w: %w", name, ErrCorrupt, err)
		}
		o = &openPack{Reader: r, name: name}
		p.open[name] = o
	} else {
		p.order = slices.DeleteFunc(p.order, func(x *openPack) bool { return x == o })
	}
	o.users++
	p.order = append(p.order, o)
	for len(p.order) > p.max {
		p.drop(p.order[0])
	}
	return o, nil
}

// put ends the use of a pack.
func (p *openPacks) put(o *openPack) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o.users--; o.users == 0 && o.gone {
		o.Close()
	}
}

// drop takes a pack off the list. Nothing is lost by an error of closing it: it was only read.
func (p *openPacks) drop(o *openPack) {
	p.order = slices.DeleteFunc(p.order, func(x *openPack) bool { return x == o })
	delete(p.open, o.name)
	if o.gone = true; o.users == 0 {
		o.Close()
	}
}

func (p *openPacks) path(name string) string { return pack.Path(p.dir, name) }

func (p *openPacks) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.order) > 0 {
		p.drop(p.order[0])
	}
	return nil
}
