package refs

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"dits/repo/object"
)

// A Survey is what lies in the folder of refs.
type Survey struct {
	Good    []Ref            // by name
	Broken  map[string]error // a [BrokenError] each, by the ref's full name
	Foreign []string         // paths below .dits of what other programs left there
}

// Names are those of all refs, broken ones included, in order.
func (s *Survey) Names() []string {
	var names []string
	for _, ref := range s.Good {
		names = append(names, ref.Name)
	}
	for name := range s.Broken {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// ListRefs returns the refs whose name begins with prefix ("refs/heads/"), by name. One that cannot be read is
// an error: whoever must know all of them, as to find what is needed, has to stop.
func (r *Refs) ListRefs(prefix string) ([]Ref, error) {
	s, err := r.SurveyRefs(prefix)
	if err == nil && len(s.Broken) > 0 {
		for _, name := range s.Names() {
			if err := s.Broken[name]; err != nil {
				return s.Good, err
			}
		}
	}
	return s.Good, err
}

// GoodRefs is [Refs.ListRefs] of those that can be read: a broken one does not hide the others from who only shows
// them.
func (r *Refs) GoodRefs(prefix string) ([]Ref, error) {
	s, err := r.SurveyRefs(prefix)
	return s.Good, err
}

// SurveyRefs sorts what lies below prefix ("refs/heads/").
func (r *Refs) SurveyRefs(prefix string) (Survey, error) {
	s := Survey{Broken: map[string]error{}}
	err := filepath.WalkDir(r.refPath("refs"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // removed meanwhile
			}
			return err
		}
		rel, err := filepath.Rel(r.Dir, path)
		name := filepath.ToSlash(rel)
		if err != nil || d.IsDir() || !strings.HasPrefix(name, prefix) {
			return err
		}
		return r.survey(&s, name, d)
	})
	sort.Slice(s.Good, func(i, j int) bool { return s.Good[i].Name < s.Good[j].Name })
	return s, err
}

func (r *Refs) survey(s *Survey, name string, d fs.DirEntry) error {
	if object.CheckRefName(name) != nil {
		if !strings.HasPrefix(d.Name(), ".tmp-") { // of a write that was cut off
			s.Foreign = append(s.Foreign, name)
		}
		return nil
	}
	id, err := r.ReadRef(name)
	var broken *BrokenError
	switch {
	case errors.As(err, &broken) && r.isForeign(name, d):
		s.Foreign = append(s.Foreign, name)
	case errors.As(err, &broken):
		s.Broken[name] = err
	case err != nil:
		return err
	case !id.IsZero():
		s.Good = append(s.Good, Ref{name, id})
	}
	return nil
}

// leftBehind are files that file managers and copying programs leave in any folder, in lower case.
var leftBehind = []string{"desktop.ini", "thumbs.db", "ehthumbs.db", "icon\r"}

// isForeign says that a ref that cannot be read never was one: by its name, or because it is empty and has no
// log, as a ref that was ever set has.
func (r *Refs) isForeign(name string, d fs.DirEntry) bool {
	if slices.Contains(leftBehind, strings.ToLower(d.Name())) {
		return true
	}
	info, err := d.Info()
	if err != nil || info.Size() > 0 || !info.Mode().IsRegular() {
		return false
	}
	log, _, err := readLog(r.logPath(name))
	return err == nil && len(log) == 0 && strings.HasPrefix(name, object.BranchPrefix)
}
