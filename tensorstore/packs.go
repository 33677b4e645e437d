package tensorstore

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"dits/tensorstore/pack"
)

// openPacks opens packs when they are first needed and keeps the last ones open.
type openPacks struct {
	dirs []string // that packs are in; a pack is looked for in one after another
	mu   sync.Mutex
	open *simplelru.LRU[string, *openPack] // that stay open while nobody reads them
}

// An openPack is open while it is listed, or somebody reads it.
type openPack struct {
	*pack.Reader
	users int
	gone  bool // from the list; the last user closes it
}

func newOpenPacks(dirs ...string) *openPacks {
	p := &openPacks{dirs: dirs}
	p.open, _ = simplelru.NewLRU(openAtOnce, func(_ string, o *openPack) { o.drop() })
	return p
}

// get returns the pack of that name, open and checked. The caller gives it back by put.
// A pack that is not there is an fs.ErrNotExist, one that the system does not let be read the system's error, any
// other that cannot be read [ErrCorrupt].
func (p *openPacks) get(name string) (*openPack, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, listed := p.open.Get(name)
	if !listed {
		r, err := p.find(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", name, asDamage(err))
		}
		o = &openPack{Reader: r}
		p.open.Add(name, o)
	}
	o.users++
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

// drop is told that the pack is off the list. Nothing is lost by an error of closing it: it was only read.
func (o *openPack) drop() {
	if o.gone = true; o.users == 0 {
		o.Close()
	}
}

// forget closes a pack once nobody reads it.
func (p *openPacks) forget(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open.Remove(name)
}

// find opens the file of a pack.
func (p *openPacks) find(name string) (r *pack.Reader, err error) {
	for _, dir := range p.dirs {
		if r, err = pack.Open(pack.Path(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return r, err
}

// path is the file of a pack of the store's own.
func (p *openPacks) path(name string) string { return pack.Path(p.dirs[0], name) }

func (p *openPacks) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open.Purge()
	return nil
}
