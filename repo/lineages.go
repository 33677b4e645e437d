package repo

import (
	"context"

	"dits/repo/lineage"
)

// Lineage finds out what the tensors of files came from; see [lineage.Of].
func (r *Repo) Lineage(o lineage.Options) (*lineage.Lineage, error) { return lineage.Of(r.History, o) }

// Derivations lists the files that rev names with tensors computed from others; see [lineage.Derived].
func (r *Repo) Derivations(ctx context.Context, rev, path string) (*lineage.Derivations, error) {
	return lineage.Derived(ctx, r.History, rev, path)
}
