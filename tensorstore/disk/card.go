package disk

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A card is a file beside that of a lock, which says who has it. The name PATH.held is for one who has the
// lock alone: it is made by a link, which one process alone can make, whatever the file system.
// Who shares the lock has a card PATH.by-NUMBER, which is written as PATH.new-NUMBER first: a process that dies
// leaves none that says nothing.
type card struct {
	path    string
	content []byte
}

// A holder is a process that has a lock.
type holder struct {
	Host      string    `json:"host"`
	Machine   string    `json:"machine,omitempty"`   // id of the installation; hosts may have one name
	Boot      string    `json:"boot,omitempty"`      // id of the run of the kernel
	Namespace string    `json:"namespace,omitempty"` // in which pid counts
	PID       int       `json:"pid"`
	Start     string    `json:"start,omitempty"` // of the process; numbers are used again
	Since     time.Time `json:"since"`
	Number    string    `json:"number"` // of the card
}

// torn is how old a card is that cannot be read when its writer is taken for dead.
const torn = 10 * time.Second

// lay puts down the card of this process at the lock of path, unless others have theirs there. Those of
// processes that are gone are removed; flocked says that this process has the lock by flock too.
func lay(path string, shared, flocked bool) (*card, error) {
	me := thisProcess()
	me.Since, me.Number = time.Now().Round(time.Second), rand.Text()
	b, err := json.Marshal(me)
	if err != nil {
		return nil, err
	}
	c := &card{path + ".by-" + me.Number, append(b, '\n')}
	if err := c.place(path + ".new-" + me.Number); err != nil {
		return nil, err
	}
	held := path + ".held"
	if shared {
		return c, c.orRemove(standing(held, flocked))
	}
	if err := standing(held, flocked); err != nil {
		return nil, c.orRemove(err)
	}
	alone := &card{held, c.content}
	if err := alone.linkTo(c); err != nil {
		return nil, c.orRemove(err)
	}
	c.remove()
	return alone, alone.orRemove(noneShares(path, flocked))
}

// orRemove removes the card if there is an error, and returns that.
func (c *card) orRemove(err error) error {
	if err != nil {
		c.remove()
	}
	return err
}

func (c *card) write() error {
	f, err := os.OpenFile(c.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(c.content)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(c.path) // made here, and not whole: [card.remove] would not know it
	}
	return err
}

// place writes the card under another name, and renames it when it is whole.
func (c *card) place(fresh string) error {
	f := &card{fresh, c.content}
	if err := f.write(); err != nil {
		return err
	}
	return f.orRemove(os.Rename(fresh, c.path))
}

// linkTo makes the card another name of c, or, where there are no links, a file that was not there.
func (c *card) linkTo(by *card) error {
	err := os.Link(by.path, c.path)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = c.write()
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if b, err := os.ReadFile(c.path); err == nil && bytes.Equal(b, c.content) {
		return nil // NFS, which asked twice and took the second answer
	}
	return whoHas(c.path)
}

// remove takes the card away if it is still this one.
func (c *card) remove() {
	if b, err := os.ReadFile(c.path); err == nil && bytes.Equal(b, c.content) {
		os.Remove(c.path)
	}
}

// noneShares is an error if another process shares the lock of path. On the way it removes what those have left that
// died while they laid their card, or removed one.
func noneShares(path string, flocked bool) error {
	files, err := filepath.Glob(escapeGlob(path) + ".*")
	for _, f := range files {
		kind := strings.TrimPrefix(filepath.Base(f), filepath.Base(path))
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(kind, ".by-"):
			err = standing(f, flocked)
		case strings.HasPrefix(kind, ".new-"), strings.HasPrefix(kind, ".gone-"):
			if info, serr := os.Lstat(f); serr == nil && time.Since(info.ModTime()) > torn {
				os.Remove(f)
			}
		}
	}
	return err
}

// standing is an error if there is a card at path of a process that lives. Any other is removed.
func standing(path string, flocked bool) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	b, rerr := os.ReadFile(path)
	if errors.Is(rerr, fs.ErrNotExist) {
		return nil
	}
	if err := errors.Join(err, rerr); err != nil {
		return err
	}
	var h holder
	if json.Unmarshal(b, &h) != nil {
		h.Since = info.ModTime()
		if time.Since(h.Since) > torn {
			return removeCard(path, b)
		}
		return h.locked(path)
	}
	if h.gone(thisProcess(), flocked) {
		return removeCard(path, b)
	}
	return h.locked(path)
}

// removeCard removes a card with that content. It is moved first: of several who found it one moves
// it, and one who has moved another puts that back.
func removeCard(path string, content []byte) error {
	away := path + ".gone-" + rand.Text()
	if err := os.Rename(path, away); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	if b, err := os.ReadFile(away); err == nil && !bytes.Equal(b, content) {
		err = os.Link(away, path)
		os.Remove(away)
		return errors.Join(ErrLocked, err)
	}
	return os.Remove(away)
}

// gone says that the process of a card has ended, as far as this one, me, can tell.
func (h holder) gone(me holder, flocked bool) bool {
	switch {
	case h.Boot != me.Boot:
		// This machine has been started again since, or it is another.
		return h.Host == me.Host && h.Machine == me.Machine
	case h.Boot == "" && (h.Host != me.Host || h.Machine != me.Machine):
		return false
	case h.Namespace != me.Namespace:
		// A container, whose processes cannot be seen; but the kernel is one, and so is its flock.
		return flocked
	}
	start, alive := startOf(h.PID)
	return !alive || h.Start != "" && start != "" && h.Start != start
}

// locked is the error that h has the lock by the card at path.
func (h holder) locked(path string) error {
	if h.PID == 0 {
		return ErrLocked
	}
	err := fmt.Errorf("%w: process %d on %s since %s", ErrLocked, h.PID, h.Host, h.Since.Format(time.DateTime))
	if me := thisProcess(); h.Boot != me.Boot || h.Host != me.Host {
		err = fmt.Errorf("%w; if that is gone, remove %s", err, path)
	}
	return err
}

// whoHas is the error that another has the card at path.
func whoHas(path string) error {
	var h holder
	if b, err := os.ReadFile(path); err == nil {
		_ = json.Unmarshal(b, &h) // nobody, then
	}
	return h.locked(path)
}

// heldBy is the error that another has the lock of path by flock.
func heldBy(path string) error { return whoHas(path + ".held") }

// escapeGlob makes a path stand for itself in a pattern.
func escapeGlob(path string) string {
	var b bytes.Buffer
	for i := range len(path) {
		if c := path[i]; c == '*' || c == '?' || c == '[' || c == '\\' && filepath.Separator != '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(path[i])
	}
	return b.String()
}
