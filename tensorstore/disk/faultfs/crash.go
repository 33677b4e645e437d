package faultfs

import (
	"maps"
	"os"
	"path/filepath"
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
	if err := f.clear(); err != nil {
		return err
	}
	f.top = f.top.after(loss)
	f.failAt, f.crashAt = never, never
	return f.top.write(f.dir)
}

// clear empties the root.
func (f *FS) clear() error {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(f.dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// after is n as the disk has it after a loss. Of a folder that is lost, so is all
// that is in it.
func (n *node) after(loss Loss) *node {
	if n.mode.IsDir() {
		names := n.live
		if loss == LoseAll || loss == LoseNames {
			names = n.durable
		}
		left := newFolder(n.mode)
		for name, child := range names {
			left.live[name] = child.after(loss)
		}
		left.durable = maps.Clone(left.live)
		return left
	}
	data := n.data
	switch loss {
	case LoseAll, LoseData:
		data = n.synced
	case TearData:
		data = n.data[:len(n.synced)+(len(n.data)-len(n.synced))/2]
	}
	return &node{mode: n.mode, data: data, synced: data, target: n.target}
}
