package repo

import (
	"context"
	"fmt"
	"path"
	"strings"

	"dits/repo/diff"
	"dits/repo/lora"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

// ExpectLoRA says whether b is a with the adapter merged, and nothing else. An adapter without a revision is in the
// file system.
func (r *Repo) ExpectLoRA(ctx context.Context, a, b Side, adapter refs.Spec, o diff.Options) (*lora.Check, error) {
	l, err := r.OpenAdapter(ctx, adapter)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	sa, err := r.Snapshot(ctx, a, o.Paths)
	if err != nil {
		return nil, err
	}
	sb, err := r.Snapshot(ctx, b, o.Paths)
	if err != nil {
		return nil, err
	}
	return l.Check(ctx, sa, sb, o)
}

// ExportLoRA writes the change from a to b, each a revision or a file in it, as an adapter into the folder dir. An
// adapter that is there is replaced if nothing is lost by it, else a [work.DirtyError], or by force.
func (r *Repo) ExportLoRA(ctx context.Context, a, b refs.Spec, dir string, force bool, o lora.Options) (*lora.Exported, error) {
	sa, err := r.Snapshot(ctx, AtRevision(a.Rev).At(a.Path), nil)
	if err != nil {
		return nil, err
	}
	sb, err := r.Snapshot(ctx, AtRevision(b.Rev).At(b.Path), nil)
	if err != nil {
		return nil, err
	}
	if err := r.checkOutside(dir); err != nil {
		return nil, err
	}
	if !force {
		if err := r.checkSaved(digest.ID{}, lora.FilesIn(dir)...); err != nil {
			return nil, err
		}
	}
	o.Output = r.WriteOutput
	return lora.Export(ctx, sa, sb, dir, o)
}

// OpenAdapter opens an adapter: one without a revision is in the file system.
func (r *Repo) OpenAdapter(ctx context.Context, s refs.Spec) (*lora.Adapter, error) {
	if s.Rev == "" {
		return lora.ReadAdapter(ctx, s.Path)
	}
	config, weights, err := r.readAdapter(s)
	if err != nil {
		return nil, fmt.Errorf("adapter %s: %w", s, err)
	}
	return lora.NewAdapter(s.String(), config, weights)
}

// readAdapter reads the configuration and opens the weights of a committed adapter.
func (r *Repo) readAdapter(s refs.Spec) (config []byte, weights *object.File, err error) {
	name := s.Path
	if !strings.HasSuffix(name, ".safetensors") {
		name = path.Join(name, lora.AdapterWeights)
	}
	if weights, err = r.OpenAt(refs.Spec{Rev: s.Rev, Path: name}); err != nil {
		return nil, nil, err
	}
	c, err := r.OpenAt(refs.Spec{Rev: s.Rev, Path: path.Join(path.Dir(name), lora.AdapterConfig)})
	if err == nil {
		config = make([]byte, min(c.Layout.Size, lora.MaxConfig))
		err = object.ReadFull(c, config, 0)
	}
	if err != nil {
		weights.Close()
		return nil, nil, err
	}
	return config, weights, nil
}
