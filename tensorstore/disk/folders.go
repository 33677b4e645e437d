package disk

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// A folder is open, and was reached from its root by no link.
type folder struct {
	*os.Root
	name string        // below the root
	way  []fs.FileInfo // the folders on the way, and itself at last
	uses int
	kept bool

	opening sync.Mutex
	handle  *os.File // for calls that [os.Root] lacks; nil: not asked for yet
}

// file is the folder as a file; it stays open as long as the folder.
func (f *folder) file() (*os.File, error) {
	f.opening.Lock()
	defer f.opening.Unlock()
	if f.handle != nil {
		return f.handle, nil
	}
	handle, err := f.Open(".")
	if err == nil {
		f.handle = handle
	}
	return handle, err
}

func (f *folder) close() {
	if f.handle != nil {
		f.handle.Close()
	}
	f.Close()
}

// folders are those of a root that were used last. To see that one is still there takes one call of the system for each
// folder on the way, to walk there again five. It is safe for concurrent use.
type folders struct {
	mu   sync.Mutex
	last []*folder // the one used last comes last
}

// keptFolders is how many stay open: the one that files are made in, the one that they go to, and some more.
const keptFolders = 4

// keepsFolders says that a folder can be removed while it is open.
const keepsFolders = runtime.GOOS != "windows"

// get is the folder called name if it is open, and it and those on the way are what is there now. Its inode is not used
// again while it is open, so that no other folder can be taken for it.
func (s *folders) get(root *os.Root, name string) *folder {
	s.mu.Lock()
	i := slices.IndexFunc(s.last, func(f *folder) bool { return f.name == name })
	if i < 0 {
		s.mu.Unlock()
		return nil
	}
	f := s.last[i]
	f.uses++
	s.last = append(slices.Delete(s.last, i, i+1), f)
	s.mu.Unlock()
	if !f.isAt(root.Name()) {
		s.drop(f)
		s.put(f)
		return nil
	}
	return f
}

// isAt says that the folders on the way from a root are those that were gone through.
func (f *folder) isAt(path string) bool {
	parts := strings.Split(f.name, "/")
	for i, seen := range f.way {
		path = filepath.Join(path, parts[i])
		if now, err := os.Lstat(path); err != nil || !os.SameFile(seen, now) {
			return false
		}
	}
	return true
}

// add keeps a folder that was opened just now.
func (s *folders) add(f *folder) {
	if !keepsFolders {
		return
	}
	s.mu.Lock()
	f.kept = true
	s.last = append(s.last, f)
	var old *folder
	if len(s.last) > keptFolders {
		old = s.last[0]
	}
	s.mu.Unlock()
	if old != nil {
		s.drop(old)
	}
}

// drop keeps a folder no longer.
func (s *folders) drop(f *folder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = slices.DeleteFunc(s.last, func(g *folder) bool { return g == f })
	f.kept = false
	f.closeUnused()
}

// put is called when a folder that get or add had is not used any more.
func (s *folders) put(f *folder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.uses--
	f.closeUnused()
}

func (f *folder) closeUnused() {
	if f.uses == 0 && !f.kept {
		f.close()
	}
}

// close closes those that are not in use.
func (s *folders) close() {
	for {
		s.mu.Lock()
		if len(s.last) == 0 {
			s.mu.Unlock()
			return
		}
		f := s.last[0]
		s.mu.Unlock()
		s.drop(f)
	}
}
