package repo

import (
	"context"

	"dits/repo/lineage"
)

// Lineage finds out what the tensors of files came from; see [LineageOf].
func (r *Repo) Lineage(o lineage.Options) (*lineage.Lineage, error) { return lineage.Of(r.History, o) }

// Derivations lists the files that rev names with tensors computed from others; see [DerivationsOf].
func (r *Repo) Derivations(ctx context.Context, rev, path string) (*lineage.Derivations, error) {
	return lineage.Derived(ctx, r.History, rev, path)
}
