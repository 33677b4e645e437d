package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"dits/repo/object"
	"dits/repo/refs"
	"dits/repo/work"
	"dits/tensorstore/disk"
)

// A Moved is a file or folder that [Repo.Move] has renamed.
type Moved struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Move renames tracked files and folders in the working folder and in the index, with what is not saved in them.
// Into to if that is a folder; else one of them becomes to, which may be there only with force. Nothing is renamed
// before all was found to be right.
func (r *Repo) Move(from []string, to string, force bool) ([]Moved, error) {
	return change(r, func(_ refs.Head, x *work.Index) ([]Moved, error) {
		moves, err := r.planMoves(x, from, to, force)
		if err != nil {
			return nil, err
		}
		w, err := r.OpenWorktree(force)
		if err != nil {
			return nil, err
		}
		for i, m := range moves {
			if err = w.Move(x, m.From, m.To); err != nil {
				moves = moves[:i]
				break
			}
		}
		return moves, errors.Join(err, r.Restage(x, what("mv", append(from, to))), w.Close())
	})
}

// planMoves says what becomes what, and refuses what cannot be or would lose something.
func (r *Repo) planMoves(x *work.Index, from []string, to string, force bool) ([]Moved, error) {
	into, err := isFolder(r.WorkPath(to))
	if err != nil {
		return nil, err
	}
	if len(from) > 1 && !into {
		return nil, fmt.Errorf("%s: no folder, want one to move %d files into", folderName(to), len(from))
	}
	var moves []Moved
	taken := map[string]string{}
	for i, f := range from {
		if others := slices.Delete(slices.Clone(from), i, i+1); work.Inside(f, others) {
			return nil, fmt.Errorf("%s: named twice, or in a folder that is moved", folderName(f))
		}
		m := Moved{f, to}
		if into {
			m.To = strings.TrimPrefix(to+"/"+path.Base(f), "/")
		}
		if err := r.checkMove(x, m, force); err != nil {
			return nil, err
		}
		if other, ok := taken[m.To]; ok {
			return nil, fmt.Errorf("%s: both %s and %s would become it", m.To, other, f)
		}
		taken[m.To] = f
		moves = append(moves, m)
	}
	return moves, nil
}

// checkMove refuses a move of what is not tracked or not there, or onto something.
func (r *Repo) checkMove(x *work.Index, m Moved, force bool) error {
	switch part := object.ForeignPart(m.To); {
	case m.From == "":
		return errors.New("the working folder itself cannot be moved")
	case x.Find(m.From) == nil && len(x.Under(m.From)) == 0:
		_, err := r.FileAt("", m.From)
		return err
	case part != "":
		return foreignError(m.To, part)
	case work.Inside(m.To, []string{m.From}):
		return fmt.Errorf("%s: cannot be moved to %s, which is itself or in it", m.From, m.To)
	}
	if e := x.AwayBeside(m.To); e != nil && e.Path != m.To && !work.Inside(e.Path, []string{m.From}) {
		return buried(e.Path, m.To)
	}
	source, err := os.Lstat(r.WorkPath(m.From))
	if disk.IsNoFile(err) && r.allAway(x, m.From) {
		source, err = nil, nil
	}
	if disk.IsNoFile(err) {
		return object.Absent("%s: not in the working folder (`dits restore` brings it back)", m.From)
	}
	if err != nil {
		return err
	}
	if dir := path.Dir(m.To); dir != "." {
		if ok, err := isFolder(r.WorkPath(dir)); err != nil || !ok {
			return errors.Join(err, fmt.Errorf("%s: no folder %s to move it into", m.From, dir))
		}
	}
	return r.checkRoom(x, m, source, force)
}

// allAway says that only the store has what is tracked at or below a path.
func (r *Repo) allAway(x *work.Index, path string) bool {
	here := func(e work.IndexEntry) bool { return !e.Away }
	if e := x.Find(path); e != nil {
		return e.Away
	}
	return !slices.ContainsFunc(x.Under(path), here)
}

// checkRoom refuses a move onto what is there already: another file, unless forced, or a folder. source is nil of what
// only the store has.
func (r *Repo) checkRoom(x *work.Index, m Moved, source fs.FileInfo, force bool) error {
	there, err := os.Lstat(r.WorkPath(m.To))
	switch {
	case disk.IsNoFile(err) && (force || x.Find(m.To) == nil && len(x.Under(m.To)) == 0):
		return nil
	case disk.IsNoFile(err):
		return fmt.Errorf("%s: tracked, though not in the working folder (-f replaces it)", m.To)
	case err != nil:
		return err
	case source == nil && there.IsDir():
		return fmt.Errorf("%s: %w", m.To, refs.ErrExists)
	case source == nil: // its entry would be another file's, and that may be all there is of it
		return fmt.Errorf("%s: %w (`dits restore %s` first)", m.To, refs.ErrExists, m.From)
	case os.SameFile(source, there): // another case of the same name
		return nil
	case there.IsDir() || source.IsDir():
		return fmt.Errorf("%s: %w", m.To, refs.ErrExists)
	case !force:
		return fmt.Errorf("%s: %w (-f replaces it)", m.To, refs.ErrExists)
	}
	return nil
}

// isFolder says that path is a folder, and no link to one.
func isFolder(path string) (bool, error) {
	info, err := os.Lstat(path)
	if disk.IsNoFile(err) {
		return false, nil
	}
	return err == nil && info.IsDir(), err
}
