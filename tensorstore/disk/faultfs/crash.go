package faultfs

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
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
	LoseSome              // of each name and each content a coin says; LoseSome+1, … toss it anew
)

// Losses is all of them, with some tosses.
var Losses = []Loss{LoseAll, LoseData, TearData, LoseNames, LoseNone, LoseSome, LoseSome + 1, LoseSome + 2}

func (l Loss) String() string {
	if l >= LoseSome {
		return fmt.Sprint("lose some ", int(l-LoseSome))
	}
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
	f.top = f.top.after(loss, rand.New(rand.NewPCG(uint64(loss), uint64(f.ops))))
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
// that is in it. What a coin decides is the same in each run.
func (n *node) after(loss Loss, coin *rand.Rand) *node {
	if n.mode.IsDir() {
		left := newFolder(n.mode)
		for _, name := range n.names() {
			if child := n.afterName(name, loss, coin); child != nil {
				left.live[name] = child.after(loss, coin)
			}
		}
		left.durable = maps.Clone(left.live)
		return left
	}
	data := n.data
	switch unsynced := len(n.data) - len(n.synced); {
	case loss == LoseAll, loss == LoseData:
		data = n.synced
	case loss == TearData:
		data = n.data[:len(n.synced)+unsynced/2]
	case loss >= LoseSome:
		data = n.data[:len(n.synced)+coin.IntN(unsynced+1)]
	}
	return &node{mode: n.mode, data: data, synced: data, target: n.target}
}

// names are those that a folder has or had when it was synced, sorted.
func (n *node) names() []string {
	all := maps.Clone(n.live)
	maps.Copy(all, n.durable)
	return slices.Sorted(maps.Keys(all))
}

// afterName is what a name stands for after a loss, nil for nothing.
func (n *node) afterName(name string, loss Loss, coin *rand.Rand) *node {
	switch {
	case loss == LoseAll, loss == LoseNames, loss >= LoseSome && coin.IntN(2) == 0:
		return n.durable[name]
	}
	return n.live[name]
}
