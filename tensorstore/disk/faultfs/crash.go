package faultfs

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// A Loss is what a crash takes of that which was not synced. A file system may
// do any of these, and only what survives all of them is durable.
type Loss int

// The losses, from worst to none.
const (
	LoseAll   Loss = iota // names and contents go back to the last sync
	LoseData              // names stay, contents go back: a renamed file is empty
	TearData              // names stay, of each content half of what was not synced is there
	LoseNames             // names go back, contents stay
	LoseNone              // the process died, the machine did not
)

// Losses is all of them.
var Losses = []Loss{LoseAll, LoseData, TearData, LoseNames, LoseNone}

func (l Loss) String() string {
	return [...]string{"lose all", "lose data", "tear data", "lose names", "lose none"}[l]
}

// Crash makes the folder what it is after a loss of power; operations work
// again. Files that were open must not be used any more.
func (f *FS) Crash(loss Loss) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	names := f.live
	if loss == LoseAll || loss == LoseNames {
		names = f.durable
	}
	if err := f.clear(); err != nil {
		return err
	}
	after := map[string]*node{}
	// Parents sort before what is in them; a folder that is lost takes that along.
	for _, p := range slices.Sorted(maps.Keys(names)) {
		if parent := path.Dir(p); parent != "." && after[parent] == nil {
			continue
		}
		n := names[p].after(loss)
		if err := n.write(filepath.Join(f.root, filepath.FromSlash(p))); err != nil {
			return err
		}
		after[p] = n
	}
	f.live, f.durable = after, maps.Clone(after)
	f.failAt, f.crashAt = never, never
	return nil
}

// clear empties the root.
func (f *FS) clear() error {
	entries, err := os.ReadDir(f.root)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(f.root, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// after is n as the disk has it after a loss.
func (n *node) after(loss Loss) *node {
	data := n.data
	switch loss {
	case LoseAll, LoseData:
		data = n.synced
	case TearData:
		data = n.data[:len(n.synced)+(len(n.data)-len(n.synced))/2]
	}
	return &node{dir: n.dir, mode: n.mode, data: data, synced: data}
}

func (n *node) write(path string) error {
	if n.dir {
		return os.Mkdir(path, n.mode|0o700)
	}
	if err := os.WriteFile(path, n.data, 0o600); err != nil {
		return err
	}
	return os.Chmod(path, n.mode)
}
