package repo

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore"
	"dits/tensorstore/choose"
)

// Content that nothing leads to is deleted at once while another process adds it again, merges, or makes refs: all that
// is committed or staged reads back afterwards, whichever of them is stopped, and where. Before that another gc frees
// what was stored and could not be named any more; it ends with an error if something needed is not there.
func TestWritersBesideGC(t *testing.T) {
	defer func(d time.Duration) { tensorstore.HoldWait = d }(tensorstore.HoldWait)
	tensorstore.HoldWait = 10 * time.Millisecond
	from := deadOnDisk(t)
	gc := side{"gc", func(r *Repo) error {
		_, err := r.GC(context.Background(), GCOptions{})
		return err
	}}
	branch := side{"branch of what is dead", func(r *Repo) error {
		_, err := r.CreateBranch("again", r.Config.User.Email, false) // the dead commit, see deadOnDisk
		if errors.Is(err, tensorstore.ErrUnknown) || errors.Is(err, refs.ErrUnknownRevision) {
			return nil // it is gone, in part or at all
		}
		return err
	}}
	all := append(writers[:len(writers):len(writers)], branch)
	if !*torture {
		all = []side{writers[0], writers[3], branch}
	}
	for _, w := range all {
		t.Run(w.name+" stopped for gc", func(t *testing.T) { stopAtEach(t, from, w, gc, gc.do) })
		t.Run("gc stopped for "+w.name, func(t *testing.T) { stopAtEach(t, from, gc, w, gc.do) })
	}
}

// deadOnDisk is familyOnDisk with a commit that nothing leads to, of which the file that is to be added has one tensor
// as it is, and another is like one.
func deadOnDisk(t *testing.T) string {
	root := familyOnDisk(t)
	r, err := Open(root, nil)
	require.NoError(t, err)
	f := &fixture{Repo: r, t: t}
	late := f.read("late.safetensors")
	h, err := f.Head()
	require.NoError(t, err)
	f.put("dead.safetensors", tensorsFile("dead", version("left", 1, 4), version("right", 2, 8)))
	require.NoError(t, f.Add(context.Background(), []string{"dead.safetensors"}, AddOptions{Level: choose.FastLevel}))
	dead := f.commit("dead")
	_, err = f.Reset(context.Background(), h.Commit.String(), ResetHard, object.NoProgress)
	require.NoError(t, err)
	f.dropLogs()
	require.False(t, f.exists("dead.safetensors"))
	f.put("late.safetensors", late)
	require.NoError(t, f.SetConfig(func(c *Config) { c.User.Email = dead.String() }))
	require.NoError(t, f.Close())
	return root
}
