package tensorstore

import (
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"dits/tensorstore/disk"
)

// HoldWait is how long a writer waits while packs are deleted, and a deletion while writers seal.
// Tests that stop one of them shorten it.
var HoldWait = 30 * time.Second

// holdPath is the file whose lock keeps packs from being deleted.
func (s *Store) holdPath() string { return filepath.Join(s.dir, "packs.lock") }

// Hold keeps all packs where they are until release is called, and makes the index agree with
// them: what it has then can be relied on. Whoever makes something name stored content (a pack
// that is sealed, the index of a repository, a ref) looks under Hold whether that is there, and
// lets go when it is named. Several may hold at once; [disk.ErrLocked] if packs are being deleted.
func (s *Store) Hold() (release func(), err error) {
	l, err := disk.ShareLock(s.holdPath(), HoldWait)
	if err != nil {
		return nil, err
	}
	// Whoever holds already has looked, and nothing went since.
	if s.holds.Load() == 0 {
		if err := s.Refresh(); err != nil {
			l.Unlock()
			return nil, err
		}
	}
	s.holds.Add(1)
	return func() { s.holds.Add(-1); l.Unlock() }, nil
}

// Remove deletes packs while nobody holds them. First last is called, which looks again at what
// was sealed and named since it was decided that they go, and with an error keeps them all. It
// must not hold. Packs go from the disk before the index forgets them, lest another process
// adopt them in between.
func (s *Store) Remove(names []string, last func() error) error {
	l, err := disk.TakeLock(s.holdPath(), HoldWait)
	if err != nil {
		return err
	}
	defer l.Unlock()
	if err := s.Refresh(); err != nil {
		return err
	}
	if err := last(); err != nil {
		return err
	}
	for _, name := range names {
		s.packs.forget(name)
		if err := s.options.FS.Remove(s.packs.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := s.options.FS.SyncDir(s.packDir()); err != nil {
		return err
	}
	return s.forget(names)
}
