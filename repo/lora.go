package repo

import (
	"context"
	"fmt"
	"path"
	"strings"
)

// ExpectLoRA says whether b is a with the adapter merged, and nothing else. An adapter without a revision is in the
// file system.
func (r *Repo) ExpectLoRA(ctx context.Context, a, b Side, adapter Spec, o DiffOptions) (*LoRACheck, error) {
	l, err := r.openAdapter(ctx, adapter)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	sa, err := r.snapshot(ctx, a, o.Paths)
	if err != nil {
		return nil, err
	}
	sb, err := r.snapshot(ctx, b, o.Paths)
	if err != nil {
		return nil, err
	}
	return l.Check(ctx, sa, sb, o)
}

// ExportLoRA writes the change from a to b, each a revision or a file in it, as an adapter into the folder dir.
func (r *Repo) ExportLoRA(ctx context.Context, a, b Spec, dir string, o LoRAOptions) (*LoRA, error) {
	sa, err := r.snapshot(ctx, AtRevision(a.Rev).At(a.Path), nil)
	if err != nil {
		return nil, err
	}
	sb, err := r.snapshot(ctx, AtRevision(b.Rev).At(b.Path), nil)
	if err != nil {
		return nil, err
	}
	return ExportLoRA(ctx, sa, sb, dir, o)
}

// openAdapter opens an adapter, wherever it is.
func (r *Repo) openAdapter(ctx context.Context, s Spec) (*Adapter, error) {
	if s.Rev == "" {
		return ReadAdapter(ctx, s.Path)
	}
	config, weights, err := r.readAdapter(s)
	if err != nil {
		return nil, fmt.Errorf("adapter %s: %w", s, err)
	}
	return NewAdapter(s.String(), config, weights)
}

// readAdapter reads the configuration and opens the weights of a committed adapter.
func (r *Repo) readAdapter(s Spec) (config []byte, weights *File, err error) {
	name := s.Path
	if !strings.HasSuffix(name, ".safetensors") {
		name = path.Join(name, AdapterWeights)
	}
	if weights, err = r.openAt(Spec{s.Rev, name}); err != nil {
		return nil, nil, err
	}
	c, err := r.openAt(Spec{s.Rev, path.Join(path.Dir(name), AdapterConfig)})
	if err == nil {
		config = make([]byte, min(c.Layout.Size, MaxConfig))
		err = readFull(c, config, 0)
	}
	if err != nil {
		weights.Close()
		return nil, nil, err
	}
	return config, weights, nil
}

// openAt opens a file that is committed or staged.
func (r *Repo) openAt(s Spec) (*File, error) {
	f, err := r.fileAt(s.Rev, s.Path)
	if err != nil {
		return nil, err
	}
	if f.Mode == ModeLink {
		return nil, fmt.Errorf("%s: a link, want a file: %w", s.Path, ErrNoPath)
	}
	file, err := r.OpenFile(f.ID)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Path, err)
	}
	return file, nil
}
