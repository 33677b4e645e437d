package explore

import (
	"net/url"
	"strconv"
)

// What a report has of the views beside sharing, so that it stays small.
const (
	reportedPages   = 10      // of a history
	reportedCommits = 100     // with their files
	reportedFiles   = 1 << 20 // bytes of the answers about single files
)

// about are the values of a question about a model: its name where there are several, as the page asks.
func (r *Report) about(m *Model, values url.Values) url.Values {
	if len(r.explorer.models) > 1 {
		values.Set("model", m.Name)
	}
	return values
}

// views asks what the views show at first: the family of all models, and the rest of each.
func (r *Report) views() error {
	all, err := r.ask("family", nil)
	if err != nil {
		return err
	}
	for _, m := range r.explorer.models {
		if _, err := r.ask("savings", r.about(m, url.Values{})); err != nil {
			return err
		}
		if err := r.history(m); err != nil {
			return err
		}
		if len(r.explorer.models) > 1 {
			if _, err := r.ask("family", url.Values{"model": {m.Name}}); err != nil {
				return err
			}
		}
	}
	return r.files(all.(*Family))
}

// history asks for the latest commits of a model.
func (r *Report) history(m *Model) error {
	commits := 0
	for page := range reportedPages {
		answer, err := r.ask("history", r.about(m, url.Values{"p": {strconv.Itoa(page)}}))
		if err != nil {
			return err
		}
		h := answer.(*History)
		for _, c := range h.Commits[:min(len(h.Commits), reportedCommits-commits)] {
			if _, err := r.ask("commit", r.about(m, url.Values{"rev": {c.ID.String()}})); err != nil {
				return err
			}
			commits++
		}
		if page+1 >= h.Pages {
			break
		}
	}
	return nil
}

// files asks for the files of a family, as long as there is room.
func (r *Report) files(f *Family) error {
	room := reportedFiles
	for _, n := range f.Nodes {
		if n.Path == "" {
			continue
		}
		m, err := r.explorer.model(url.Values{"model": {n.Model}})
		if err != nil {
			return err
		}
		rev := n.Rev
		if len(n.Refs) > 0 {
			rev = n.Refs[0]
		}
		about := r.about(m, url.Values{"rev": {rev}, "path": {n.Path}})
		if _, err := r.ask("file", about); err != nil {
			return err
		}
		if room -= len(r.answers[key("file", about)]); room < 0 {
			delete(r.answers, key("file", about))
			return nil
		}
	}
	return nil
}
