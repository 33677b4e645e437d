//go:build linux || darwin

package disk

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
)

// Where there is no room for a card, flock alone is the lock, and nothing is left of the card.
func TestNoRoomForCard(t *testing.T) {
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	for _, room := range []uint64{0, 10} {
		path := filepath.Join(t.TempDir(), "lock")
		full := was
		full.Cur = room
		err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full)
		l, lerr := TakeLock(path, 0)
		if err := errors.Join(err, lerr, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was)); err != nil {
			t.Fatal(err)
		}
		if l.card != nil {
			t.Errorf("room for %d bytes: a card of more", room)
		}
		if got := left(t, path); got != "" {
			t.Errorf("room for %d bytes: left %s", room, got)
		}
		if _, err := TakeLock(path, 0); !errors.Is(err, ErrLocked) {
			t.Errorf("room for %d bytes: a second lock: got %v, want %v", room, err, ErrLocked)
		}
		l.Unlock()
	}
}
