package explore

import (
	"net/url"
	"strings"

	"dits/repo"
	"dits/repo/object"
)

// A comparison is the two sides that a question is about.
type comparison struct {
	model    *Model
	a, b     repo.Side
	from, to Revision
	paths    []string
}

// comparison reads ?model=, ?from= and ?to=, and ?from_path= and ?to_path=: one path for both limits it to that, two are
// compared with each other.
func (e *Explorer) comparison(about url.Values) (*comparison, error) {
	m, err := e.model(about)
	if err != nil {
		return nil, err
	}
	c := &comparison{model: m}
	if c.from, err = m.revision(about.Get("from")); err != nil {
		return nil, err
	}
	if c.to, err = m.revision(about.Get("to")); err != nil {
		return nil, err
	}
	c.a, c.b = repo.AtRevision(c.from.Commit.String()), repo.AtRevision(c.to.Commit.String())
	from, to := about.Get("from_path"), about.Get("to_path")
	switch {
	case from == "" && to == "":
	case from == to || to == "":
		c.paths = []string{from}
	case from == "":
		c.paths = []string{to}
	default:
		c.from.Path, c.to.Path = from, to
		c.a, c.b = c.a.At(from), c.b.At(to)
	}
	return c, nil
}

// revision is what a revision leads to; "" is HEAD, or the first of those that all is about.
func (m *Model) revision(rev string) (Revision, error) {
	if rev == "" {
		rev = object.HeadName
		if len(m.revs) > 0 {
			rev = m.revs[0]
		}
	}
	r := Revision{Rev: rev}
	id, err := m.Commit(rev)
	if err == nil && id.IsZero() {
		err = notFound("%.80q: nothing is committed", rev)
	}
	if err != nil {
		return r, err
	}
	c, err := m.Repo.ReadCommit(id)
	r.Commit, r.Subject = id, object.Subject(c.Message)
	return r, err
}

// key names an answer about the comparison, whatever its sides are called.
func (c *comparison) key(question string, more ...string) string {
	parts := []string{question, c.model.Name, c.from.Commit.String(), c.from.Path, c.to.Commit.String(), c.to.Path}
	parts = append(parts, c.paths...)
	return strings.Join(append(parts, more...), "\x00")
}
