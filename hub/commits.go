package hub

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"dits/repo/history"
	"dits/repo/object"
	"dits/tensorstore/digest"
)

// A commitInfo is a commit, as clients are told.
type commitInfo struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Message string    `json:"message"`
	Authors []user    `json:"authors"`
	Date    time.Time `json:"date"`
}

type user struct {
	Name string `json:"user"`
}

const (
	usualCommits = 50
	mostCommits  = 1000
)

// commits lists the history of a commit, newest first: page ?p= of ?limit= commits.
func (q *request) commits() error {
	ask := q.URL.Query()
	limit, err := limitOf(ask.Get("limit"), usualCommits, mostCommits)
	if err != nil {
		return err
	}
	page := 0
	if p := ask.Get("p"); p != "" {
		if page, err = strconv.Atoi(p); err != nil || page < 0 || page > math.MaxInt32 {
			return wrong("p: want the number of a page, from 0 on")
		}
	}
	found, n := []commitInfo{}, 0
	if !q.commit.ID.IsZero() {
		for c, err := range q.model.Repo.Log([]digest.ID{q.commit.ID}, history.LogOptions{}) {
			if err != nil {
				return err
			}
			if n++; n > page*limit && len(found) < limit {
				body := strings.TrimSpace(strings.TrimPrefix(c.Message, object.Subject(c.Message)))
				name, _, _ := strings.Cut(c.Author, " <")
				found = append(found, commitInfo{sha(c.ID), object.Subject(c.Message), body, []user{{name}}, c.Time.UTC()})
			}
		}
	}
	q.w.Header().Set("X-Total-Count", strconv.Itoa(n))
	if n > (page+1)*limit {
		q.link("p", strconv.Itoa(page+1))
	}
	return q.write(found)
}

// mostPaths is how many paths are answered about at once.
const mostPaths = 10_000

// pathsInfo tells about the paths that the form or JSON in the body names; of those that are not there it says nothing.
func (q *request) pathsInfo() error {
	paths, err := q.paths()
	if err != nil {
		return err
	}
	out, seen := []entry{}, map[string]bool{}
	for _, path := range paths {
		path = strings.Trim(path, "/")
		if seen[path] || object.CheckPath(path) != nil {
			continue
		}
		seen[path] = true
		e, err := q.model.Repo.Lookup(q.commit.Tree, path)
		switch {
		case isNoPath(err) || err == nil && e.Mode == object.ModeLink:
			continue
		case err != nil:
			return err
		case e.Mode == object.ModeDir:
			out = append(out, entry{Type: "directory", OID: sha(e.ID), Path: path})
			continue
		}
		one, err := q.model.entry(object.TreeFile{Path: path, Mode: e.Mode, ID: e.ID, Size: e.Size})
		if err != nil {
			return err
		}
		out = append(out, one)
	}
	return q.write(out)
}

// paths reads the paths of a body.
func (q *request) paths() ([]string, error) {
	q.Body = http.MaxBytesReader(q.w, q.Body, bodyBytes)
	var paths []string
	if strings.HasPrefix(q.Header.Get("Content-Type"), "application/json") {
		var body struct {
			Paths []string `json:"paths"`
		}
		if err := decodeJSON(q.Body, &body); err != nil {
			return nil, wrong("the body is no JSON with paths")
		}
		paths = body.Paths
	} else {
		if err := q.ParseForm(); err != nil {
			return nil, wrong("the body is no form with paths")
		}
		paths = q.PostForm["paths"]
	}
	if len(paths) > mostPaths {
		return nil, wrong(fmt.Sprintf("%d paths, want at most %d", len(paths), mostPaths))
	}
	return paths, nil
}
