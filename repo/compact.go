package repo

import (
	"context"

	"dits/tensorstore/upkeep"
)

// compact makes few packs of many small ones, after a command that has written some: all commands list them. What goes
// wrong does no harm to what the command has done, and the next one tries again. It waits for no other upkeep.
func (r *Repo) compact(ctx context.Context) {
	packs, err := r.Catalog.Packs()
	if err != nil {
		return
	}
	sizes := make(map[string]int64, len(packs))
	for _, p := range packs {
		sizes[p.Name] = p.Size
	}
	crowd := upkeep.Crowd(sizes)
	if len(crowd) == 0 {
		return
	}
	l, err := r.TakeLock(r.upkeepLock(), 0)
	if err != nil {
		return
	}
	defer l.Unlock()
	_ = upkeep.Compact(ctx, r.Store, crowd)
}
