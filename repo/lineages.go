package repo

import "context"

// Lineage finds out what the tensors of files came from; see [LineageOf].
func (r *Repo) Lineage(o LineageOptions) (*Lineage, error) { return LineageOf(r, o) }

// Derivations lists the files that rev names with tensors computed from others; see [DerivationsOf].
func (r *Repo) Derivations(ctx context.Context, rev, path string) (*Derivations, error) {
	return DerivationsOf(ctx, r, rev, path)
}
