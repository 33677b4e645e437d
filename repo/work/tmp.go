package work

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/disk"
)

// tmpDir holds files being written, of .dits and of the working folder; below the root.
// It belongs to whoever holds the lock: what is in it when the lock is taken was left by
// a process that died.
const tmpDir = object.Dir + "/tmp"

// A file that cannot be renamed from tmpDir, into another file system, is copied next to
// its place first, under a name that begins with nearPrefix. Before that its path is
// noted in tmpDir, in a file that ends in noteSuffix.
const (
	nearPrefix = ".dits-tmp-"
	noteSuffix = ".near"
)

// Lock waits a little for .dits/lock; [ErrLocked] if another has it. It is not
// reentrant. What a process that died while it had the lock left in tmpDir goes.
func (r *Folder) Lock() (*refs.Lock, error) {
	return r.swept(r.TakeLock(r.LockPath(), refs.LockWait))
}

// tryLock is lock without waiting.
func (r *Folder) tryLock() (*refs.Lock, error) { return r.swept(r.TakeLock(r.LockPath(), 0)) }

// swept is the lock that was taken, after sweepTmp.
func (r *Folder) swept(l *refs.Lock, err error) (*refs.Lock, error) {
	if err != nil {
		return nil, err
	}
	if err := r.sweepTmp(); err != nil {
		l.Unlock()
		return nil, fmt.Errorf("%s: %w", tmpDir, err)
	}
	return l, nil
}

// sweepTmp removes what a process that died left in tmpDir, and what is noted there; it
// makes the folder if there is none. The caller holds the lock.
func (r *Folder) sweepTmp() error {
	dir := r.WorkPath(tmpDir)
	sweepScratch(dir)
	entries, err := os.ReadDir(dir)
	if disk.IsNoFile(err) {
		return errors.Join(r.FS.MkdirAll(dir, 0o777), r.FS.SyncDir(r.Dir))
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() {
			continue // that of a process which needs no lock, see [NewScratch]
		}
		file := filepath.Join(dir, e.Name())
		if strings.HasSuffix(e.Name(), noteSuffix) {
			if err := r.removeNoted(file); err != nil {
				return err
			}
		}
		if err := r.FS.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// removeNoted removes the temporary file that a note names, if it is there still. That is
// made durable: the note goes next. A note that was cut short names none: its file had
// not been begun.
func (r *Folder) removeNoted(note string) error {
	b, err := refs.ReadSmall(note)
	if err != nil {
		return err
	}
	near := string(b)
	if object.CheckPath(near) != nil || !strings.HasPrefix(path.Base(near), nearPrefix) {
		return nil
	}
	if _, ok, err := r.Lstat(near); err != nil || !ok {
		return err
	}
	root, err := r.openRoot()
	if err != nil {
		return err
	}
	err = root.Remove(near)
	if err == nil {
		err = root.SyncDir(path.Dir(near))
	}
	return errors.Join(err, root.Close())
}
