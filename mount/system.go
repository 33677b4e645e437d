//go:build linux || darwin

package mount

import (
	"context"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	lru "github.com/hashicorp/golang-lru/v2"

	"dits/catalog"
	"dits/repo"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

const (
	keptTrees   = 16
	keptEntries = 1 << 16 // of a tree that is kept
	// fixed is for how long the kernel remembers what never changes, and moving what may.
	fixed  = time.Hour
	moving = time.Second
)

// A system is what all files and folders of a mount share.
type system struct {
	repo    *repo.Repo
	decoder *decoder
	trees   *lru.Cache[digest.ID, []catalog.TreeEntry]
	ctx     context.Context // until the end
	cancel  context.CancelFunc
	failed  func(string, error)
	started time.Time

	mu   sync.Mutex
	told map[string]bool // what failed was told of
}

// newSystem is the system of a repository with its top folder.
func newSystem(r *repo.Repo, o Options) (*system, fs.InodeEmbedder, error) {
	s := &system{repo: r, decoder: newDecoder(r.Database), failed: o.Failed, started: time.Now(), told: map[string]bool{}}
	s.trees, _ = lru.New[digest.ID, []catalog.TreeEntry](keptTrees)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if o.Rev == "" {
		return s, &top{plain{system: s}}, nil
	}
	f := s.follow("", func() (digest.ID, error) { return r.Resolve(o.Rev) })
	if _, err := f.state(); err != nil {
		return nil, nil, err
	}
	return s, f, nil
}

// end waits until nothing is read from the repository any more.
func (s *system) end() {
	s.cancel()
	s.decoder.work.Wait()
}

// entries are those of the tree id that are shown: folders of other version control are none of ours, as in a working
// folder.
func (s *system) entries(id digest.ID) ([]catalog.TreeEntry, error) {
	if id.IsZero() {
		return nil, nil
	}
	if entries, ok := s.trees.Get(id); ok {
		return entries, nil
	}
	t, err := s.repo.ReadTree(id)
	if err != nil {
		return nil, err
	}
	shown := t.Entries[:0]
	for _, e := range t.Entries {
		if !object.IsForeign(e.Name) {
			shown = append(shown, e)
		}
	}
	if len(shown) <= keptEntries {
		s.trees.Add(id, shown)
	}
	return shown, nil
}

// mostTold is how many places that failed are remembered, so that each is told of once.
const mostTold = 1000

// errno is an error as programs get it. That there is no such thing is no more than that; all else is told.
func (s *system) errno(path string, err error) syscall.Errno {
	switch {
	case err == nil:
		return fs.OK
	case errors.Is(err, object.ErrNoPath), errors.Is(err, refs.ErrUnknownRevision), errors.Is(err, refs.ErrAmbiguous):
		return syscall.ENOENT
	}
	place := path
	var read *readError
	if errors.As(err, &read) {
		place += "\x00" + strconv.FormatInt(read.at, 10)
	}
	s.mu.Lock()
	known := s.told[place]
	if len(s.told) < mostTold {
		s.told[place] = true
	}
	s.mu.Unlock()
	if !known && s.failed != nil {
		s.failed(path, err)
	}
	return syscall.EIO
}

// inode is a number made of what tells a file or folder from all others: the same at each mount.
func inode(parts ...string) uint64 {
	id := digest.Sum([]byte(strings.Join(parts, "\x00")))
	return binary.LittleEndian.Uint64(id[:])>>1 | 2 // 0, 1 and the largest mean something else
}

// setTime sets all times of a file or folder.
func setTime(a *fuse.Attr, t time.Time) {
	if t.IsZero() || t.Unix() < 0 {
		t = time.Unix(0, 0)
	}
	a.SetTimes(&t, &t, &t)
}

// attr is what programs are told of a folder that is of no commit.
func (s *system) attr(a *fuse.Attr) {
	a.Mode, a.Nlink = 0o555, 1
	setTime(a, s.started)
}

// remembered sets how long the kernel remembers an entry.
func remembered(out *fuse.EntryOut, long time.Duration) {
	out.SetEntryTimeout(long)
	out.SetAttrTimeout(long)
}
