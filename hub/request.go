package hub

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"dits/catalog"
	"dits/repo/object"
	"dits/repo/refs"
	"dits/tensorstore/digest"
)

// A request is one that came in, with the model and the commit that it is about.
type request struct {
	*http.Request
	server *Server
	w      http.ResponseWriter
	model  *Model
	commit catalog.Commit // zero where there is no {rev}
}

// answer finds what a request is about, and writes the error that an answer comes to.
func (s *Server) answer(answer func(*request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := &request{Request: r, server: s, w: w}
		err := q.find()
		if err == nil {
			err = answer(q)
		}
		if err != nil {
			q.fail(err)
		}
	}
}

// find looks for the model, and for the commit where the path has a {rev}.
func (q *request) find() error {
	owner, name := q.PathValue("owner"), q.PathValue("name")
	if owner == "" {
		return nil // about no model
	}
	if q.model = q.server.byName[owner+"/"+name]; q.model == nil {
		return notFound("RepoNotFound", fmt.Sprintf("no repository %.80q", owner+"/"+name))
	}
	rev := q.PathValue("rev")
	if rev == "" {
		rev = object.HeadName
	}
	id, err := q.model.resolve(rev)
	if errors.Is(err, refs.ErrUnknownRevision) && q.PathValue("rev") == "" {
		return nil // no commit yet
	}
	if errors.Is(err, refs.ErrUnknownRevision) || errors.Is(err, refs.ErrAmbiguous) {
		return notFound("RevisionNotFound", fmt.Sprintf("no revision %.80q", rev))
	}
	if err == nil {
		q.commit, err = q.model.Repo.ReadCommit(id)
	}
	return err
}

// sha is how clients call a commit: the first 40 digits of its id, as long as a git commit's.
func sha(id digest.ID) string { return id.String()[:40] }

// write answers with JSON.
func (q *request) write(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, err = q.w.Write(append(b, '\n'))
	if err != nil {
		return errGone
	}
	return nil
}

func decodeJSON(r io.Reader, v any) error { return json.NewDecoder(r).Decode(v) }

func isNoPath(err error) bool { return errors.Is(err, object.ErrNoPath) }
