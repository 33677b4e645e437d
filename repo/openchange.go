package repo

import (
	"context"

	"dits/repo/diff"
)

// OpenChange opens a tensor of a model that differs between two states; see [diff.OpenChange].
func (r *Repo) OpenChange(ctx context.Context, a, b Side, name string, o diff.Options) (*diff.Change, error) {
	sa, err := r.Snapshot(ctx, a, o.Paths)
	if err != nil {
		return nil, err
	}
	sb, err := r.Snapshot(ctx, b, o.Paths)
	if err != nil {
		return nil, err
	}
	o.Renamed = r.renamedModels(sa, sb)
	return diff.OpenChange(ctx, sa, sb, name, o)
}
