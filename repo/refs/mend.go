package refs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"dits/repo/object"
	"dits/tensorstore"
	"dits/tensorstore/digest"
	"dits/tensorstore/disk"
)

// PutAside renames a file of .dits out of the way, to NAME.damaged-N in .dits itself, and returns where it is
// now, "" if nothing was there. The caller holds the lock.
func (r *Refs) PutAside(path string) (string, error) {
	if _, err := os.Lstat(path); disk.IsNoFile(err) {
		return "", nil
	}
	rel, err := filepath.Rel(r.Dir, path)
	if err != nil {
		return "", err
	}
	name := strings.ReplaceAll(filepath.ToSlash(rel), "/", ".")
	for n := 1; ; n++ {
		to := filepath.Join(r.Dir, fmt.Sprintf("%s.damaged-%d", name, n))
		if _, err := os.Lstat(to); err == nil {
			continue
		}
		if err := r.FS.Rename(path, to); err != nil {
			return "", err
		}
		if err := r.FS.SyncDir(filepath.Dir(path)); err != nil {
			return "", err
		}
		return to, r.FS.SyncDir(r.Dir)
	}
}

// A Mending is what was done to a file of .dits that could not be understood.
type Mending struct {
	Path  string `json:"path"`
	Did   string `json:"did"`
	Aside string `json:"aside"` // where the old file is now; "" if there was none
}

// MendLogs puts logs that have lines that cannot be read aside, and writes them anew without. The caller holds the lock.
func (r *Refs) MendLogs() ([]Mending, error) {
	broken, err := r.BrokenLogs()
	var done []Mending
	for _, b := range broken {
		if err != nil {
			break
		}
		m := Mending{Path: b.Path, Did: "without what cannot be read"}
		var lines []logLine
		if lines, _, err = readLog(b.Path); err != nil {
			break
		}
		var good []logLine
		for _, l := range lines {
			if l.err == nil {
				good = append(good, l)
			}
		}
		if m.Aside, err = r.PutAside(b.Path); err == nil && len(good) > 0 {
			err = r.WriteFile(b.Path, formatLog(good))
		}
		done = append(done, m)
	}
	return done, err
}

// MendRefs puts refs aside that cannot be read or, if lost is set, that name no commit that can be read, and sets
// those with a log to the last such commit in it. The caller holds the lock.
func (r *Refs) MendRefs(lost bool) ([]Mending, error) {
	s, err := r.SurveyRefs(object.RefPrefix)
	if err != nil {
		return nil, err
	}
	wrong := make([]string, 0, len(s.Broken))
	for name := range s.Broken {
		wrong = append(wrong, name)
	}
	for _, ref := range s.Good {
		isLost, err := r.isLost(ref.ID)
		if err != nil {
			return nil, err
		}
		if lost && isLost {
			wrong = append(wrong, ref.Name)
		}
	}
	var done []Mending
	for _, name := range wrong {
		m, err := r.mendRef(name)
		if err != nil {
			return done, err
		}
		done = append(done, m)
	}
	return done, nil
}

// isLost says that no commit goes by id, or one that cannot be read. Where the system is in the way of reading it, that is
// the error.
func (r *Refs) isLost(id digest.ID) (bool, error) {
	commit, err := r.Peel(id)
	if err == nil {
		_, err = r.ReadCommit(commit)
	}
	if errors.Is(err, ErrUnknownRevision) || errors.Is(err, tensorstore.ErrUnknown) || errors.Is(err, object.ErrCorrupt) {
		return true, nil
	}
	return false, err
}

func (r *Refs) mendRef(name string) (m Mending, err error) {
	m.Path = r.refPath(name)
	lines, _, err := readLog(r.logPath(name))
	if err != nil {
		return m, err
	}
	if m.Aside, err = r.PutAside(m.Path); err != nil {
		return m, err
	}
	for _, e := range newestFirst(lines) {
		lost, err := r.isLost(e.New)
		if err != nil {
			return m, err
		}
		if !lost {
			m.Did = "names " + e.New.Short() + " again, by its log"
			return m, r.UpdateRef(name, digest.ID{}, e.New, "fsck --repair")
		}
	}
	m.Did = "is gone: no commit that it named is known"
	return m, nil
}

// MendHead puts a HEAD aside that cannot be read or, if lost is set, names a commit that is lost, and makes it what its log or the
// branches say; nil if nothing is wrong with it. The caller holds the lock, and has mended logs and refs.
func (r *Refs) MendHead(lost bool) (*Mending, error) {
	h, err := r.Head()
	if err != nil && !errors.As(err, new(*BrokenError)) {
		return nil, err
	}
	if err == nil && (!lost || !h.Detached()) {
		return nil, nil
	}
	if err == nil {
		if isLost, err := r.isLost(h.Commit); err != nil || !isLost {
			return nil, err
		}
	}
	to, err := r.likelyHead()
	if err != nil {
		return nil, err
	}
	m := &Mending{Path: r.headPath(), Did: "names branch " + to.Branch + " again"}
	if to.Detached() {
		m.Did = "names commit " + to.Commit.Short() + " again"
	}
	if m.Aside, err = r.PutAside(m.Path); err != nil {
		return nil, err
	}
	return m, r.SetHead(Head{}, to, "fsck --repair")
}

// likelyHead is what HEAD was, as far as can be told: the branch that was checked out last, the first branch of
// all or the only one, or the last commit.
func (r *Refs) likelyHead() (Head, error) {
	lines, _, err := readLog(r.logPath(object.HeadName))
	if err != nil {
		return Head{}, err
	}
	branches, err := r.GoodRefs(object.BranchPrefix)
	if err != nil {
		return Head{}, err
	}
	at := map[string]digest.ID{}
	for _, b := range branches {
		at[b.Short()] = b.ID
	}
	moves := newestFirst(lines)
	for _, e := range moves {
		if _, to, ok := strings.Cut(e.Reason, " to "); ok && strings.HasPrefix(e.Reason, "checkout: ") && !at[to].IsZero() {
			return Head{to, at[to]}, nil
		}
	}
	const first = "main"
	if len(branches) == 0 || !at[first].IsZero() {
		return Head{first, at[first]}, nil
	}
	for _, e := range moves {
		if lost, err := r.isLost(e.New); len(branches) > 1 && !lost {
			return Head{Commit: e.New}, err
		}
	}
	return Head{branches[0].Short(), branches[0].ID}, nil
}
