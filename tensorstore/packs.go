package tensorstore

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"dits/tensorstore/pack"
)

// openPacks opens packs when they are first needed and keeps them open.
type openPacks struct {
	dir  string
	mu   sync.Mutex
	open map[string]*pack.Reader
}

func newOpenPacks(dir string) *openPacks {
	return &openPacks{dir: dir, open: map[string]*pack.Reader{}}
}

// get returns the pack of that name, open and checked.
func (p *openPacks) get(name string) (*pack.Reader, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.open[name]; r != nil {
		return r, nil
	}
	r, err := pack.Open(p.path(name))
	if err != nil {
		return nil, fmt.Errorf("pack %s: %w: %w", name, ErrCorrupt, err)
	}
	p.open[name] = r
	return r, nil
}

func (p *openPacks) path(name string) string { return filepath.Join(p.dir, name+".pack") }

func (p *openPacks) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, r := range p.open {
		errs = append(errs, r.Close())
	}
	p.open = map[string]*pack.Reader{}
	return errors.Join(errs...)
}
