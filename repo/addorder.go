package repo

import (
	"context"
	"os"

	"dits/repo/order"
	"dits/tensorstore/disk"
)

// inOrder sorts paths so that what others are made of comes first.
func (r *Repo) inOrder(ctx context.Context, paths []string) ([]string, error) {
	return order.Of(ctx, paths, func(p string) (*os.File, error) { return disk.OpenRegular(r.WorkPath(p)) })
}
